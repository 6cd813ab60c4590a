"""What a reviewer should look at twice."""

import pytest

from ai_worker.pipelines.corrections.panel.warnings import warnings_of


@pytest.mark.parametrize(
    ("source", "answer", "words"),
    [
        ("Invoice 4711 is due.", "Invoice 4712 is due.", ("missing: 4711", "new: 4712")),
        ("Pay 1,000.50 by 12:30.", "Pay 1,000.50 by 12:30.", ()),
        (
            "We met Anna Kowalska there.",
            "We met Anna Kowalski there.",
            ("missing: Kowalska", "new: Kowalski"),
        ),
        ("we met Anna.", "Anna met us.", ()),
        ("one two three four five six seven eight nine ten", "one two", ("length is",)),
        ("short", "a much longer", ()),
    ],
)
def test_numbers_names_and_length(source: str, answer: str, words: tuple[str, ...]) -> None:
    found = warnings_of(source, answer, same_language=True)
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


def test_a_translation_is_held_to_its_numbers_alone() -> None:
    source, answer = "Pani Anna ma 3 koty i 12 psów oraz jednego konia.", "Mrs Anna has 3 cats."
    assert warnings_of(source, answer, same_language=False) == ["A number of the source is missing: 12."]

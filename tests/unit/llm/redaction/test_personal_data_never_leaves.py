"""Made-up people write letters in Polish, Russian and English: nothing of their data is in what goes out,
all of it in what comes back."""

import pytest
from hypothesis import given

from ai_worker.llm.errors import RedactionMismatch
from ai_worker.llm.redaction import redact
from tests.unit.llm.redaction.people import letters


@given(letters())
def test_no_value_remains_and_every_value_comes_back(letter: tuple[list[str], list[str]]) -> None:
    texts, values = letter
    redacted = redact(texts)
    for value in values:
        for text in redacted.texts:
            assert value not in text
    assert [redacted.restore(text, required=text) for text in redacted.texts] == texts


@given(letters())
def test_no_value_remains_in_nested_data(letter: tuple[list[str], list[str]]) -> None:
    texts, values = letter
    data = {"texts": texts, "by value": {value: [value, 1.5, None, True] for value in values}}
    redacted = redact(["Odpowiedz."], data=data)
    for value in values:
        assert value not in repr(redacted.data)
    assert redacted.restore_data(redacted.data) == data


@given(letters())
def test_a_lost_placeholder_is_noticed_whichever_it_is(letter: tuple[list[str], list[str]]) -> None:
    texts, _ = letter
    redacted = redact(texts)
    whole = "\n".join(redacted.texts)
    for placeholder in redacted.placeholders:
        with pytest.raises(RedactionMismatch, match="lost"):
            redacted.restore(whole.replace(placeholder, "", 1), required=whole)


@given(letters())
def test_no_value_is_shown_by_a_repr_or_an_error(letter: tuple[list[str], list[str]]) -> None:
    texts, values = letter
    redacted = redact(texts)
    with pytest.raises(RedactionMismatch) as caught:
        redacted.restore("", required="\n".join(redacted.texts))
    for value in values:
        assert (
            value
            not in f"{redacted!r} {redacted} {redacted._originals!r} {redacted._originals} {caught.value!r}"
        )

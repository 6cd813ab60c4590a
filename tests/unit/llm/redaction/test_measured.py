"""The figures of README's table, measured on the letters and texts of tests/data/redaction."""

from pathlib import Path

import pytest

from ai_worker.llm.redaction import spans_of
from devtools.redaction.marked import NUMBERS, Tally, letters

DATA = Path(__file__).parents[3] / "data" / "redaction"
LANGUAGES = ("cs", "de", "en", "pl", "ru", "uk", "zh")
LEAST = {"cs": 0.95, "de": 0.93, "en": 0.95, "pl": 0.97, "ru": 0.94, "uk": 0.93, "zh": 0.88}
"""Recall of names by language, a little below what README states."""


@pytest.fixture(scope="module")
def marked() -> Tally:
    return _tally("letters", 0, 1)


@pytest.fixture(scope="module")
def kept_aside() -> Tally:
    """Every second letter, the second first: nothing was tuned on these."""
    return _tally("letters", 1, 2)


@pytest.fixture(scope="module")
def later() -> Tally:
    """Letters of a later day, written before the rules were touched again: nothing was tuned on these."""
    return _tally("later", 0, 1)


def _tally(folder: str, first: int, step: int) -> Tally:
    tally = Tally()
    for language in LANGUAGES:
        tally.read(language, list(letters(DATA / folder / f"{language}.txt"))[first::step], spans_of)
    return tally


def test_there_are_300_letters_and_300_ordinary_texts() -> None:
    for folder in ("letters", "plain"):
        texts = [text for path in (DATA / folder).glob("*.txt") for text, _ in letters(path)]
        assert len(texts) >= 300 and len(set(texts)) > 280


@pytest.mark.parametrize(
    ("kinds", "least"),
    [(("name",), 0.95), (NUMBERS, 0.975), (("address",), 0.95), (("email",), 0.97), (("secret",), 0.95)],
)
def test_recall(marked: Tally, kinds: tuple[str, ...], least: float) -> None:
    assert marked.recall(kinds) >= least, "\n".join(marked.missed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_recall_of_names_in_each_language(marked: Tally, language: str) -> None:
    assert marked.recall(("name",), language) >= LEAST[language]


@pytest.mark.parametrize(("kinds", "least"), [(("name",), 0.91), (NUMBERS, 0.95), (("address",), 0.94)])
def test_recall_where_nothing_was_tuned(kept_aside: Tally, kinds: tuple[str, ...], least: float) -> None:
    assert kept_aside.recall(kinds) >= least


@pytest.mark.parametrize(("kinds", "least"), [(("name",), 0.91), (NUMBERS, 0.99), (("address",), 0.99)])
def test_recall_in_letters_of_a_later_day(later: Tally, kinds: tuple[str, ...], least: float) -> None:
    assert later.recall(kinds) >= least


@pytest.mark.parametrize("folder", ["letters", "plain"])
def test_ordinary_text_stays_whole(folder: str) -> None:
    tally = _tally(folder, 0, 1)
    assert 1000 * sum(tally.false.values()) / sum(tally.words.values()) <= 1.0, "\n".join(tally.wrong)


def test_a_leak_would_be_counted() -> None:
    tally = Tally()
    tally.read("en", letters(DATA / "letters" / "en.txt"), lambda _: [])
    assert tally.recall(("name",)) == 0.0 and len(tally.missed) == sum(tally.marked.values())

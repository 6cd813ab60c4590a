"""The quick looks before patterns: they leave no text out in which a pattern finds something."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_worker.llm.redaction.recognisers.dates import birth_dates
from ai_worker.llm.redaction.recognisers.digits import labelled, plates
from ai_worker.llm.redaction.recognisers.online import handles, secrets
from ai_worker.llm.redaction.recognisers.places import addresses
from ai_worker.llm.redaction.recognisers.signs import Signs
from ai_worker.llm.redaction.recognisers.spoken import spoken
from ai_worker.llm.redaction.spans import Recogniser, Span

DATA = Path(__file__).parents[3] / "data" / "redaction"
RECOGNISERS: tuple[Recogniser, ...] = (
    labelled.LabelledNumbers(),
    plates.Plates(),
    handles.Handles(),
    secrets.Secrets(),
    birth_dates.BirthDates(),
    spoken.Spoken(),
    addresses.Addresses(),
)
ALL = re.compile("")


def texts() -> Iterator[str]:
    """The letters of all languages, whole and line by line, as written and in capitals."""
    for file in sorted(DATA.rglob("*.txt")):
        text = file.read_text(encoding="utf-8")
        for line in {line for line in text.split("\n") if line}:
            yield line
            yield line.upper()
        for start in range(0, len(text), 3000):
            yield text[start : start + 3000]


def found(recogniser: Recogniser) -> list[list[Span]]:
    return [sorted(recogniser.find(text)) for text in texts()]


@pytest.mark.parametrize("recogniser", RECOGNISERS, ids=lambda one: type(one).__name__)
def test_nothing_is_left_out(recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = found(recogniser)
    monkeypatch.setattr(Signs, "within", lambda self, text: True)
    monkeypatch.setattr(Signs, "number_within", lambda self, text: 1000)
    monkeypatch.setattr(labelled, "digits_in", lambda text: 1000)
    monkeypatch.setattr(birth_dates, "DATE_LIKE", ALL)
    for name in ("_MAY_BE_STREET", "_NUMBER_BEHIND", "_MAY_BE_LABELLED"):
        monkeypatch.setattr(addresses, name, ALL)
    assert quick == found(recogniser)
    assert any(quick)


@pytest.mark.parametrize("written", ["paſſword", "PASSWORD", "LOGİN", "TOKEN"])
def test_letters_that_a_pattern_takes_for_others_are_signs_too(written: str) -> None:
    assert Signs("password login token").within(f"{written}: x")

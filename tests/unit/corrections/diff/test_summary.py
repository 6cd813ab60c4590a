from hypothesis import given

from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.summary import LONGEST, summarise
from tests.unit.corrections.texts import PAIRS


def test_a_summary_reads_well() -> None:
    changes = diff("Teh quik fox ,he runned 3 miles", "The quick fox, he runned 5 miles")
    assert (
        summarise(changes)
        == '5 changes: meaning 1 ("3" → "5"), spelling 2 ("Teh" → "The", "quik" → "quick"), punctuation 2'
    )


def test_one_change_and_none() -> None:
    assert summarise([]) == "no changes"
    assert summarise(diff("I see cat", "I see the cat")) == '1 change: grammar 1 (added "the")'
    assert summarise(diff("I see the cat", "I see cat")) == '1 change: grammar 1 (removed "the")'


def test_many_changes_are_counted_and_a_few_shown() -> None:
    source = " ".join(f"{letter}{letter}wrogn" for letter in "abcdefgh")
    assert summarise(diff(source, source.replace("wrogn", "wrong"))) == (
        '8 changes: spelling 8 ("aawrogn" → "aawrong", "bbwrogn" → "bbwrong", "ccwrogn" → "ccwrong", …)'
    )


@given(PAIRS)
def test_a_summary_is_one_short_line(pair: tuple[str, str]) -> None:
    summary = summarise(diff(*pair))
    assert 0 < len(summary) <= LONGEST
    assert "\n" not in summary and "\r" not in summary

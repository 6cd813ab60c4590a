"""The changes of real corrections against the fewest words that any list of changes could have."""

import json
import random
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from ai_worker.pipelines.corrections.diff.changes import Change, apply, diff
from ai_worker.pipelines.corrections.diff.moves import NEAR
from ai_worker.pipelines.corrections.diff.words import tokens
from ai_worker.pipelines.corrections.review.decisions import ReviewedChange, decide, exported_text
from ai_worker.pipelines.corrections.statuses import ChangeStatus
from tests.real_input import REAL_INPUT

JFLEG = REAL_INPUT / "jfleg-dev.jsonl"
pytestmark = pytest.mark.skipif(not JFLEG.is_file(), reason=f"no real input at {REAL_INPUT}")


@cache
def _pairs(joined: int, reference: int) -> list[tuple[str, str]]:
    lines = [json.loads(line) for line in JFLEG.read_text(encoding="utf-8").splitlines()]
    portions = [lines[start : start + joined] for start in range(0, len(lines), joined)]
    return [
        ("".join(x["text"] for x in portion), "".join(x["references"][reference] for x in portion))
        for portion in portions
    ]


def _words(text: str) -> list[str]:
    return [token for token in tokens(text) if not token.isspace()]


def _longest_common(first: list[str], second: list[str]) -> int:
    """The table of the textbook, a cell at a time: nothing of the code under test."""
    above = [0] * (len(second) + 1)
    for word in first:
        row = [0]
        for column, other in enumerate(second, 1):
            row.append(above[column - 1] + 1 if word == other else max(above[column], row[-1]))
        above = row
    return above[-1]


def _size(change: Change) -> int:
    return len(_words(change.before)) + len(_words(change.after))


@pytest.mark.parametrize(("joined", "references"), [(1, 4), (10, 1), (40, 1)])
def test_changes_hold_hardly_more_words_than_they_must(joined: int, references: int) -> None:
    words = least = 0
    largest: list[int] = []
    for source, answer in (pair for reference in range(references) for pair in _pairs(joined, reference)):
        changes = diff(source, answer)
        assert apply(source, changes) == answer
        words += sum(map(_size, changes))
        largest.append(max(map(_size, changes), default=0))
        first, second = _words(source), _words(answer)
        least += len(first) + len(second) - 2 * _longest_common(first, second)
    assert words <= 1.02 * least
    assert max(largest) <= 40, "words in one change"


def test_a_rejected_change_takes_no_word_that_stands_in_both_texts() -> None:
    """Word by word: a rejection gives the source's words back in its place, and every other word of the
    answer stays.
    """
    chance = random.Random(7)
    for source, answer in _pairs(1, 0):
        changes = diff(source, answer)
        for rejected in [
            *range(len(changes)),
            *(chance.sample(range(len(changes)), chance.randint(0, len(changes))) for _ in "ab"),
        ]:
            positions = {rejected} if isinstance(rejected, int) else set(rejected)
            text = apply(source, [change for place, change in enumerate(changes) if place not in positions])
            assert _kept(source, changes) == _kept_in(text, source, changes, positions)


def _kept(source: str, changes: list[Change]) -> list[str]:
    """The stretches of text between the changes, which both texts have."""
    edges = [0, *(edge for change in changes for edge in (change.start, change.end)), len(source)]
    return [source[start:end] for start, end in list(pairwise(edges))[::2]]


def _kept_in(text: str, source: str, changes: list[Change], rejected: set[int]) -> list[str]:
    kept, position = [], 0
    for place, (stretch, change) in enumerate(zip(_kept(source, changes), changes, strict=False)):
        kept.append(text[position : position + len(stretch)])
        position += len(stretch) + len(change.before if place in rejected else change.after)
    return [*kept, text[position:]]


def test_words_that_only_moved_are_neither_lost_nor_doubled_by_a_rejection() -> None:
    lost = decisions = 0
    for source, answer in (pair for reference in range(4) for pair in _pairs(1, reference)):
        reviewed = [
            ReviewedChange(position, change) for position, change in enumerate(diff(source, answer), 1)
        ]
        both = Counter(_words(source)) & Counter(_words(answer))
        for one in reviewed:
            text = exported_text(source, decide(reviewed, [one.position], ChangeStatus.REJECTED, "ada", None))  # type: ignore[arg-type]
            missing = both - Counter(_words(text))
            decisions += 1
            lost += any(len(word) > 5 for word in missing)
    assert NEAR == 1
    assert lost <= 0.01 * decisions

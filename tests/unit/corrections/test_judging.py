import random
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff.changes import apply, diff
from ai_worker.pipelines.corrections.review.decisions import (
    Judged,
    exported_text,
    fitting,
    item_status,
    judge,
)
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus
from tests.unit.corrections.texts import PAIRS

NOW = datetime(2026, 1, 1)
PROPOSED, ACCEPTED, REJECTED = ChangeStatus


def rows_of(changes: list[Judged]) -> list[dict[str, Any]]:
    """As they are stored."""
    names = {
        "span_start": "start",
        "span_end": "end",
        "before_text": "before",
        "after_text": "after",
        "kind": "kind",
        "reason": "reason",
    }
    return [
        {
            **{column: getattr(judged.change, name) for column, name in names.items()},
            "position": judged.position,
            "status_id": int(judged.status),
            "reviewed_by": judged.by,
            "reviewed_at": judged.at,
        }
        for judged in changes
    ]


def judged_at_random(source: str, answer: str, chance: random.Random) -> list[Judged]:
    changes, _ = fitting(source, answer, [])
    statuses = [chance.choice(list(ChangeStatus)) for _ in changes]
    for status in ChangeStatus:
        positions = [
            judged.position for judged, chosen in zip(changes, statuses, strict=True) if chosen is status
        ]
        changes = judge(changes, positions, status, "anna", NOW)
    return changes


@given(PAIRS, st.randoms(use_true_random=False))
def test_what_is_exported_has_every_change_but_the_rejected(
    pair: tuple[str, str], chance: random.Random
) -> None:
    source, answer = pair
    changes = judged_at_random(source, answer, chance)
    kept = [judged.change for judged in changes if judged.status is not REJECTED]
    assert exported_text(source, changes) == apply(source, kept)
    assert exported_text(source, judge(changes, range(1, len(changes) + 1), REJECTED, "anna", NOW)) == source
    assert exported_text(source, judge(changes, range(1, len(changes) + 1), ACCEPTED, "anna", NOW)) == answer


@given(PAIRS, st.randoms(use_true_random=False))
def test_rows_that_fit_are_taken_as_they_are(pair: tuple[str, str], chance: random.Random) -> None:
    source, answer = pair
    changes = judged_at_random(source, answer, chance)
    assert fitting(source, answer, rows_of(changes)) == (changes, True)


@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_rows_of_another_answer_are_never_trusted(
    pair: tuple[str, str], other: tuple[str, str], chance: random.Random
) -> None:
    source, answer = pair
    stale = judged_at_random(*other, chance)
    changes, fit = fitting(source, answer, rows_of(stale))
    assert apply(source, [judged.change for judged in changes]) == answer
    if not fit:
        assert [judged.change for judged in changes] == diff(source, answer)
        said = {
            (judged.change.start, judged.change.before, judged.change.after): judged.judgement
            for judged in stale
        }
        for judged in changes:
            assert judged.judgement == said.get(
                (judged.change.start, judged.change.before, judged.change.after), (0, None, None)
            )


@pytest.mark.parametrize(
    ("before", "statuses", "after"),
    [
        (ItemStatus.PROCESSED, [PROPOSED, ACCEPTED], ItemStatus.PROCESSED),
        (ItemStatus.PROCESSED, [REJECTED, ACCEPTED], ItemStatus.ACCEPTED),
        (ItemStatus.PROCESSED, [REJECTED, REJECTED], ItemStatus.REJECTED),
        (ItemStatus.ACCEPTED, [PROPOSED, REJECTED], ItemStatus.ACCEPTED),
        (ItemStatus.ACCEPTED, [REJECTED], ItemStatus.REJECTED),
        (ItemStatus.REJECTED, [PROPOSED, ACCEPTED], ItemStatus.PROCESSED),
        (ItemStatus.REJECTED, [ACCEPTED], ItemStatus.ACCEPTED),
        (ItemStatus.CONFLICT, [PROPOSED, REJECTED], ItemStatus.CONFLICT),
    ],
)
def test_the_last_judgement_decides_the_item(
    before: ItemStatus, statuses: list[ChangeStatus], after: ItemStatus
) -> None:
    [change] = diff("teh", "the")
    assert (
        item_status(before, [Judged(position, change, status) for position, status in enumerate(statuses, 1)])
        is after
    )

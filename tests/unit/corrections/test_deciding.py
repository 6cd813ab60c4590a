import random
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.corrections.diff.changes import apply, diff
from ai_worker.pipelines.corrections.review.decisions import (
    ReviewedChange,
    decide,
    exported_text,
    fitting,
    item_status,
)
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus
from tests.unit.corrections.texts import PAIRS

NOW = datetime(2026, 1, 1)
PROPOSED, ACCEPTED, REJECTED = ChangeStatus


def rows_of(changes: list[ReviewedChange]) -> list[dict[str, Any]]:
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
            **{column: getattr(reviewed.change, name) for column, name in names.items()},
            "position": reviewed.position,
            "status_id": int(reviewed.status),
            "reviewed_by": reviewed.by,
            "reviewed_at": reviewed.at,
        }
        for reviewed in changes
    ]


def reviewed_at_random(source: str, answer: str, chance: random.Random) -> list[ReviewedChange]:
    changes, _ = fitting(source, answer, [])
    statuses = [chance.choice(list(ChangeStatus)) for _ in changes]
    for status in ChangeStatus:
        positions = [
            reviewed.position for reviewed, chosen in zip(changes, statuses, strict=True) if chosen is status
        ]
        changes = decide(changes, positions, status, "anna", NOW)
    return changes


@given(PAIRS, st.randoms(use_true_random=False))
def test_what_is_exported_has_every_change_but_the_rejected(
    pair: tuple[str, str], chance: random.Random
) -> None:
    source, answer = pair
    changes = reviewed_at_random(source, answer, chance)
    kept = [reviewed.change for reviewed in changes if reviewed.status is not REJECTED]
    assert exported_text(source, changes) == apply(source, kept)
    assert exported_text(source, decide(changes, range(1, len(changes) + 1), REJECTED, "anna", NOW)) == source
    assert exported_text(source, decide(changes, range(1, len(changes) + 1), ACCEPTED, "anna", NOW)) == answer


@given(PAIRS, st.randoms(use_true_random=False))
def test_rows_that_fit_are_taken_as_they_are(pair: tuple[str, str], chance: random.Random) -> None:
    source, answer = pair
    changes = reviewed_at_random(source, answer, chance)
    assert fitting(source, answer, rows_of(changes)) == (changes, True)


@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_rows_of_another_answer_are_never_trusted(
    pair: tuple[str, str], other: tuple[str, str], chance: random.Random
) -> None:
    source, answer = pair
    stale = reviewed_at_random(*other, chance)
    changes, fit = fitting(source, answer, rows_of(stale))
    assert apply(source, [reviewed.change for reviewed in changes]) == answer
    if not fit:
        assert [reviewed.change for reviewed in changes] == diff(source, answer)
        said = {
            (reviewed.change.start, reviewed.change.before, reviewed.change.after): reviewed.decision
            for reviewed in stale
        }
        for reviewed in changes:
            assert reviewed.decision == said.get(
                (reviewed.change.start, reviewed.change.before, reviewed.change.after), (0, None, None)
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
def test_the_last_decision_decides_the_item(
    before: ItemStatus, statuses: list[ChangeStatus], after: ItemStatus
) -> None:
    [change] = diff("teh", "the")
    assert (
        item_status(
            before, [ReviewedChange(position, change, status) for position, status in enumerate(statuses, 1)]
        )
        is after
    )

"""The decisions of reviewers on an answer's changes, and the text that follows from them.

A change without a decision follows its item: so it is enough for other software to set the item's status.
What is exported is the source with every change made that was not rejected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unicodedata import normalize

from ai_worker.pipelines.corrections.diff.change_rows import StoredDecision, change_of
from ai_worker.pipelines.corrections.diff.changes import Change, apply, diff
from ai_worker.pipelines.corrections.diff.moves import other_halves
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """A change and the reviewer's decision on it.

    Args:
        position: 1 for the first of its item; the name by which people speak of it.
    """

    position: int
    change: Change
    status: ChangeStatus = ChangeStatus.PROPOSED
    by: str | None = None
    at: datetime | None = None

    @property
    def decision(self) -> StoredDecision:
        """As it is stored."""
        return int(self.status), self.by, self.at


def fitting(
    text: str, corrected: str, rows: Iterable[Mapping[str, Any]]
) -> tuple[list[ReviewedChange], bool]:
    """The changes from a text to its corrected form.

    Where the rows do not lead there (other software wrote the answer or edited it since), they are computed
    anew, and the decision on a change that is still among them is kept.

    Args:
        rows: of `task_item_change`, by position.

    Returns:
        The changes, and whether they are the rows'.
    """
    stored = [
        ReviewedChange(
            row["position"],
            change_of(row),
            ChangeStatus(row["status_id"]),
            row["reviewed_by"],
            row["reviewed_at"],
        )
        for row in rows
    ]
    if _leads_to(text, corrected, stored):
        return stored, True
    said = {_edit(reviewed.change): reviewed for reviewed in stored}
    anew = [ReviewedChange(position, change) for position, change in enumerate(diff(text, corrected), 1)]
    return [_carried(reviewed, said.get(_edit(reviewed.change))) for reviewed in anew], False


def decide(
    changes: Sequence[ReviewedChange], positions: Iterable[int], status: ChangeStatus, by: str, at: datetime
) -> list[ReviewedChange]:
    """The changes with a decision on some of them, and on the other half of each that moved words."""
    chosen = with_other_halves(changes, positions)
    return [
        replace(reviewed, status=status, by=by, at=at) if reviewed.position in chosen else reviewed
        for reviewed in changes
    ]


def with_other_halves(changes: Sequence[ReviewedChange], positions: Iterable[int]) -> set[int]:
    """The positions, and those of the changes that add again what one of these takes away, or take away what
    it adds.
    """
    places = {reviewed.position: place for place, reviewed in enumerate(changes)}
    halves = other_halves([reviewed.change for reviewed in changes])
    chosen = set(positions)
    others = {halves[places[position]] for position in chosen if places.get(position) in halves}
    return chosen | {changes[place].position for place in others}


def exported_text(text: str, changes: Iterable[ReviewedChange]) -> str:
    """The source with every change made that was not rejected."""
    return apply(
        text, [reviewed.change for reviewed in changes if reviewed.status is not ChangeStatus.REJECTED]
    )


def item_status(before: ItemStatus, changes: Sequence[ReviewedChange]) -> ItemStatus:
    """The status of an item some of whose changes were reviewed one by one.

    With the last of them the item is decided: accepted if one was, else rejected. Until then a rejected item
        is open again.
    """
    statuses = {reviewed.status for reviewed in changes}
    if ChangeStatus.PROPOSED in statuses:
        return ItemStatus.PROCESSED if before is ItemStatus.REJECTED else before
    return ItemStatus.ACCEPTED if ChangeStatus.ACCEPTED in statuses else ItemStatus.REJECTED


def _leads_to(text: str, corrected: str, changes: Sequence[ReviewedChange]) -> bool:
    try:
        applied = apply(text, [reviewed.change for reviewed in changes])
    except ValueError:
        return False
    return applied == corrected or normalize("NFC", applied) == normalize("NFC", corrected)


def _edit(change: Change) -> tuple[int, int, str, str]:
    return change.start, change.end, change.before, change.after


def _carried(reviewed: ReviewedChange, before: ReviewedChange | None) -> ReviewedChange:
    return reviewed if before is None else replace(reviewed, status=before.status, by=before.by, at=before.at)

"""The decisions of reviewers on an answer's changes, and the text that follows from them.

A change without a decision follows its item: so it is enough for other software to set the item's status.
What is exported is the source with every change made that was not rejected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unicodedata import normalize

from ai_worker.pipelines.corrections.diff.change_rows import Judgement, change_of
from ai_worker.pipelines.corrections.diff.changes import Change, apply, diff
from ai_worker.pipelines.corrections.diff.moves import other_halves
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus


@dataclass(frozen=True, slots=True)
class Judged:
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
    def judgement(self) -> Judgement:
        """As it is stored."""
        return int(self.status), self.by, self.at


def fitting(text: str, corrected: str, rows: Iterable[Mapping[str, Any]]) -> tuple[list[Judged], bool]:
    """The changes from a text to its corrected form.

    Where the rows do not lead there (other software wrote the answer or edited it since), they are computed
    anew, and the decision on a change that is still among them is kept.

    Args:
        rows: of `task_item_change`, by position.

    Returns:
        The changes, and whether they are the rows'.
    """
    stored = [
        Judged(
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
    said = {_edit(judged.change): judged for judged in stored}
    anew = [Judged(position, change) for position, change in enumerate(diff(text, corrected), 1)]
    return [_carried(judged, said.get(_edit(judged.change))) for judged in anew], False


def judge(
    changes: Sequence[Judged], positions: Iterable[int], status: ChangeStatus, by: str, at: datetime
) -> list[Judged]:
    """The changes with a decision on some of them, and on the other half of each that moved words."""
    chosen = with_other_halves(changes, positions)
    return [
        replace(judged, status=status, by=by, at=at) if judged.position in chosen else judged
        for judged in changes
    ]


def with_other_halves(changes: Sequence[Judged], positions: Iterable[int]) -> set[int]:
    """The positions, and those of the changes that add again what one of these takes away, or take away what
    it adds.
    """
    places = {judged.position: place for place, judged in enumerate(changes)}
    halves = other_halves([judged.change for judged in changes])
    chosen = set(positions)
    others = {halves[places[position]] for position in chosen if places.get(position) in halves}
    return chosen | {changes[place].position for place in others}


def exported_text(text: str, changes: Iterable[Judged]) -> str:
    """The source with every change made that was not rejected."""
    return apply(text, [judged.change for judged in changes if judged.status is not ChangeStatus.REJECTED])


def item_status(before: ItemStatus, changes: Sequence[Judged]) -> ItemStatus:
    """The status of an item some of whose changes were judged one by one.

    With the last of them the item is decided: accepted if one was, else rejected. Until then a rejected item
        is open again.
    """
    statuses = {judged.status for judged in changes}
    if ChangeStatus.PROPOSED in statuses:
        return ItemStatus.PROCESSED if before is ItemStatus.REJECTED else before
    return ItemStatus.ACCEPTED if ChangeStatus.ACCEPTED in statuses else ItemStatus.REJECTED


def _leads_to(text: str, corrected: str, changes: Sequence[Judged]) -> bool:
    try:
        applied = apply(text, [judged.change for judged in changes])
    except ValueError:
        return False
    return applied == corrected or normalize("NFC", applied) == normalize("NFC", corrected)


def _edit(change: Change) -> tuple[int, int, str, str]:
    return change.start, change.end, change.before, change.after


def _carried(judged: Judged, before: Judged | None) -> Judged:
    return judged if before is None else replace(judged, status=before.status, by=before.by, at=before.at)

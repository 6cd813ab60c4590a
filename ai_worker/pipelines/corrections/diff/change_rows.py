"""Changes as rows of `task_item_change`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ai_worker.pipelines.corrections.diff.changes import Change
from ai_worker.stores.mysql import Statement

ROWS_AT_ONCE = 500
_COLUMNS = (
    "id_task_item, position, span_start, span_end, before_text, after_text, kind, reason, "
    "status_id, reviewed_by, reviewed_at"
)
_MARKS = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_UNDECIDED = (0, None, None)

StoredDecision = tuple[int, str | None, Any]
"""`status_id`, `reviewed_by`, `reviewed_at`."""


def replacing(
    id_task_item: int,
    changes: Sequence[Change],
    *,
    had_any: bool,
    by_change: Mapping[Change, StoredDecision] | None = None,
) -> list[Statement]:
    """The statements that make these the item's changes, `position` 1 first: one INSERT for every
    `ROWS_AT_ONCE`.

    Args:
        had_any: whether rows of an earlier answer may be there; without them nothing has to be deleted.
        by_change: the reviewer's decisions on some of them.
    """
    statements: list[Statement] = (
        [("DELETE FROM task_item_change WHERE id_task_item = %s", (id_task_item,))] if had_any else []
    )
    said = by_change or {}
    rows = (
        _row(id_task_item, position, change, said.get(change, _UNDECIDED))
        for position, change in enumerate(changes, 1)
    )
    for portion in _portions(rows):
        marks = ", ".join([_MARKS] * len(portion))
        values = [value for row in portion for value in row]
        sql = f"INSERT INTO task_item_change ({_COLUMNS}) VALUES {marks}"  # noqa: S608 - constants
        statements.append((sql, values))
    return statements


def change_of(row: Mapping[str, Any]) -> Change:
    """The change that a row holds."""
    texts = row["before_text"], row["after_text"], row["kind"], row["reason"] or ""
    return Change(row["span_start"], row["span_end"], *texts)


def _row(id_task_item: int, position: int, change: Change, decision: StoredDecision) -> tuple[Any, ...]:
    edit = (change.start, change.end, change.before, change.after, change.kind, change.reason)
    return (id_task_item, position, *edit, *decision)


def _portions(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while portion := list(islice(rows, ROWS_AT_ONCE)):
        yield portion

"""Warnings as rows of `task_item_warning`."""

from collections.abc import Sequence

from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.stores.mysql import Statement

LONGEST_DETAIL = 500
_MARKS = "(%s, %s, %s, %s)"


def replacing_warnings(id_task_item: int, remarks: Sequence[Remark], *, had_any: bool) -> list[Statement]:
    """The statements that make these the item's warnings, `position` 1 first.

    Args:
        had_any: whether rows of an earlier answer may be there; without them nothing has to be deleted.
    """
    statements: list[Statement] = []
    if had_any:
        statements.append(("DELETE FROM task_item_warning WHERE id_task_item = %s", (id_task_item,)))
    if remarks:
        rows = [
            (id_task_item, position, remark.code, remark.detail[:LONGEST_DETAIL])
            for position, remark in enumerate(remarks, 1)
        ]
        marks = ", ".join([_MARKS] * len(rows))
        statements.append(
            (
                f"INSERT INTO task_item_warning (id_task_item, position, code, detail) VALUES {marks}",  # noqa: S608 - constants
                [value for row in rows for value in row],
            )
        )
    return statements

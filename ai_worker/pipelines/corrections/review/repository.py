"""The queries of reviewing: items and changes as persons decide them."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.rows import ReviewedItem
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row, Statement, retrying

BATCH = 500
_ITEM = (
    "SELECT id_task_item, id_task, status_id, text_original, text_corrected, result_data, "
    "change_summary, operation_uuid, model_name, "
    "prompt_version, source_id, error, reviewed_by, reviewed_at, exported_at FROM task_item "
    "WHERE id_task_item = %s"
)


class ReviewRepository:
    """Decisions of reviewers.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self.pool = pool

    def item(self, id_task_item: int) -> ReviewedItem | None:
        """An item as a reviewer sees it, with its task's `kind`."""
        with self.pool.connection() as database:
            return _item(database, id_task_item, "")

    def locked_item(self, database: MySQLDatabase, id_task_item: int) -> ReviewedItem | None:
        """The same, locked until the transaction ends."""
        return _item(database, id_task_item, " FOR UPDATE")

    def changes(self, id_task_item: int) -> list[Row]:
        """The item's changes in their order."""
        with self.pool.connection() as database:
            return changes_of(database, id_task_item)

    def accepted_places(self, id_task: int) -> list[tuple[int, int]]:
        """Ids of the task's items that are accepted or exported, in their order, each with the number of the
        task's items before it.
        """
        rows = self.pool.query(
            "SELECT id_task_item, place FROM (SELECT id_task_item, status_id, "
            "ROW_NUMBER() OVER (ORDER BY id_task_item) - 1 AS place FROM task_item WHERE id_task = %s) "
            "AS items WHERE status_id IN (%s, %s) ORDER BY id_task_item",
            (id_task, ItemStatus.ACCEPTED, ItemStatus.EXPORTED),
        )
        return [(int(row["id_task_item"]), int(row["place"])) for row in rows]

    def warnings(self, id_task_item: int) -> list[Remark]:
        """The warnings for a reviewer of the item's answer, in order."""
        rows = self.pool.query(
            "SELECT code, detail FROM task_item_warning WHERE id_task_item = %s ORDER BY position",
            (id_task_item,),
        )
        return [Remark(row["code"], row["detail"]) for row in rows]

    def edit(self, database: MySQLDatabase, id_task_item: int, text: str, summary: str | None) -> None:
        """Store a reviewer's own text as the item's answer."""
        database.execute(
            "UPDATE task_item SET text_corrected = %s, change_summary = %s WHERE id_task_item = %s",
            (text, summary, id_task_item),
        )

    def write(self, database: MySQLDatabase, statements: Sequence[Statement]) -> None:
        """Run statements within the open transaction."""
        for sql, params in statements:
            database.execute(sql, params)

    def decide_changes(
        self,
        database: MySQLDatabase,
        id_task_item: int,
        positions: Sequence[int],
        status: ChangeStatus,
        who: str,
        at: datetime,
    ) -> None:
        """Set the status of some of the item's changes, and who reviewed them."""
        if positions:
            marks = ", ".join(["%s"] * len(positions))
            database.execute(
                "UPDATE task_item_change SET status_id = %s, reviewed_by = %s, reviewed_at = %s "
                f"WHERE id_task_item = %s AND position IN ({marks})",
                (status, who, at, id_task_item, *positions),
            )

    def decide_item(
        self,
        database: MySQLDatabase,
        id_task_item: int,
        status: ItemStatus,
        who: str | None,
        at: datetime | None,
    ) -> None:
        """Set the item's status, and who decided it; None while there is no decision."""
        database.execute(
            "UPDATE task_item SET status_id = %s, reviewed_by = %s, reviewed_at = %s, "
            "error_class = NULL, error = NULL "
            "WHERE id_task_item = %s",
            (status, who, at, id_task_item),
        )

    def accept_batch(self, id_task: int, who: str) -> int:
        """Accept the oldest `BATCH` items of the task that wait for a reviewer; returns their number."""
        return retrying(
            lambda: self.pool.execute(
                "UPDATE task_item SET status_id = %s, reviewed_by = %s, reviewed_at = UTC_TIMESTAMP(6) "
                "WHERE id_task = %s AND status_id = %s AND (text_corrected IS NOT NULL OR "
                "result_data IS NOT NULL) "
                "ORDER BY id_task_item LIMIT %s",
                (ItemStatus.ACCEPTED, who, id_task, ItemStatus.PROCESSED, BATCH),
            )
        )


def changes_of(database: MySQLDatabase, id_task_item: int) -> list[Row]:
    """The item's changes in their order."""
    return database.query(
        "SELECT * FROM task_item_change WHERE id_task_item = %s ORDER BY position", (id_task_item,)
    )


def now_of(database: MySQLDatabase) -> datetime:
    """The server's time, UTC."""
    now: datetime = database.query("SELECT UTC_TIMESTAMP(6) AS now")[0]["now"]
    return now


def _item(database: MySQLDatabase, id_task_item: int, lock: str) -> ReviewedItem | None:
    # The task is read apart: with a join its row would be locked too, and with it everybody who works the
    # task.
    found = database.query(_ITEM + lock, (id_task_item,))
    if not found:
        return None
    tasks = database.query("SELECT kind FROM task WHERE id_task = %s", (found[0]["id_task"],))
    return cast(ReviewedItem, {**found[0], "kind": tasks[0]["kind"] if tasks else "correction"})

"""The queries of exporting: accepted items, and what became of them."""

from collections.abc import Mapping, Sequence

from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row

_SOURCE = "id_task, kind, source_connection, source_table, source_pk, source_column, source_file"


class ExportRepository:
    """Accepted items.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self.pool = pool

    def task(self, id_task: int) -> Row | None:
        """The source of the task's texts."""
        return next(iter(self.pool.query(f"SELECT {_SOURCE} FROM task WHERE id_task = %s", (id_task,))), None)

    def tasks(self) -> list[Row]:
        """The same of every task that has accepted items, oldest first: a loose scan of an index, whatever
        else the tables hold.
        """
        return self.pool.query(
            f"SELECT {_SOURCE} FROM task JOIN (SELECT DISTINCT status_id, id_task FROM task_item "
            f"WHERE status_id = %s) AS accepted "
            "USING (id_task) ORDER BY id_task",
            (ItemStatus.ACCEPTED,),
        )

    def count_accepted(self, id_task: int) -> int:
        """The number of accepted items of the task."""
        sql = "SELECT COUNT(*) AS items FROM task_item WHERE id_task = %s AND status_id = %s"
        return int(self.pool.query(sql, (id_task, ItemStatus.ACCEPTED))[0]["items"])

    def accepted(
        self, database: MySQLDatabase, id_task: int, after: int, limit: int, *, lock: bool
    ) -> list[Row]:
        """The next accepted items by their ids.

        Args:
            lock: keep others from deciding or exporting them until the transaction ends, and leave out
                those that another process holds.
        """
        return database.query(
            "SELECT id_task_item, source_id, text_original, text_corrected FROM task_item "
            "WHERE id_task = %s AND status_id = %s AND id_task_item > %s ORDER BY id_task_item LIMIT %s"
            + (" FOR UPDATE SKIP LOCKED" if lock else ""),
            (id_task, ItemStatus.ACCEPTED, after, limit),
        )

    def changes(self, database: MySQLDatabase, ids: Sequence[int]) -> Mapping[int, list[Row]]:
        """The changes of some items, by item, in their order."""
        marks = ", ".join(["%s"] * len(ids))
        found: dict[int, list[Row]] = {id_task_item: [] for id_task_item in ids}
        for row in database.query(
            f"SELECT * FROM task_item_change WHERE id_task_item IN ({marks}) ORDER BY id_task_item, position",
            ids,
        ):
            found[row["id_task_item"]].append(row)
        return found

    def set_exported(self, database: MySQLDatabase, ids: Sequence[int]) -> None:
        """The accepted texts are in the source."""
        if ids:
            marks = ", ".join(["%s"] * len(ids))
            database.execute(
                "UPDATE task_item SET status_id = %s, exported_at = UTC_TIMESTAMP(6), "
                "error_class = NULL, error = NULL "
                f"WHERE id_task_item IN ({marks})",
                (ItemStatus.EXPORTED, *ids),
            )

    def set_not_exported(
        self, database: MySQLDatabase, id_task_item: int, status: ItemStatus, error_class: str, error: str
    ) -> None:
        """The accepted text is not in the source, and why."""
        database.execute(
            "UPDATE task_item SET status_id = %s, error_class = %s, error = %s WHERE id_task_item = %s",
            (status, error_class, error, id_task_item),
        )

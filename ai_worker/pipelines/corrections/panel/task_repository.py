"""The queries of the tasks' pages. None counts finished items: the workers keep those numbers."""

from collections.abc import Sequence

from ai_worker.pipelines.corrections.statuses import FAILED_ITEMS
from ai_worker.stores.mysql import MySQLPool, Row

MOST_FAILURES = 1_000


class TaskRepository:
    """Tasks as operators see them.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def tasks(self, before: int, limit: int) -> list[Row]:
        """The latest tasks with ids below `before`."""
        return self._pool.query(
            "SELECT id_task, status_id, kind, LEFT(description, 120) AS description, records_processed, "
            "records_failed, records_total, "
            "paused_at, pause_reason, created_at, finished_at FROM task WHERE id_task < %s ORDER BY id_task "
            "DESC LIMIT %s",
            (before, limit),
        )

    def failures(self, id_task: int) -> list[Row]:
        """Error classes among the latest failed items, with how often each was met."""
        one = (
            "(SELECT status_id, error_class FROM task_item FORCE INDEX (task_item_listing) "
            "WHERE id_task = %s AND status_id = %s ORDER BY id_task_item DESC LIMIT %s)"
        )
        params: list[object] = [part for status in FAILED_ITEMS for part in (id_task, status, MOST_FAILURES)]
        both = " UNION ALL ".join([one] * len(FAILED_ITEMS))
        return self._pool.query(
            f"SELECT status_id, error_class, COUNT(*) AS items FROM ({both}) AS failed "
            "GROUP BY status_id, error_class ORDER BY items DESC",
            params,
        )

    def statuses(self, id_task: int) -> Sequence[int]:
        """The statuses that items of the task have now: a loose scan of an index."""
        rows = self._pool.query("SELECT DISTINCT status_id FROM task_item WHERE id_task = %s", (id_task,))
        return [row["status_id"] for row in rows]

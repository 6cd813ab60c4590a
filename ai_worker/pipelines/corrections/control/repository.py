"""The queries behind pausing, resuming, cancelling and retrying a correction task.

Items are changed in batches along the index (`id_task`, `status_id`, `id_task_item`), so that no lock is held
for long.
"""

from ai_worker.pipelines.corrections.statuses import (
    DONE_ITEMS,
    FAILED_ITEMS,
    OPEN_ITEMS,
    ItemStatus,
    TaskStatus,
)
from ai_worker.stores.mysql import MySQLPool, retrying

BATCH = 1000


class ControlRepository:
    """Writes of an operator who controls a task.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def pause(self, id_task: int, reason: str) -> bool:
        """Set `paused_at` of a task that is NEW or IN_PROGRESS and not paused yet. True if it changed."""
        return bool(
            self._pool.execute(
                "UPDATE task SET paused_at = UTC_TIMESTAMP(6), pause_reason = %s "
                "WHERE id_task = %s AND paused_at IS NULL AND status_id IN (%s, %s)",
                (reason, id_task, TaskStatus.NEW, TaskStatus.IN_PROGRESS),
            )
        )

    def resume(self, id_task: int) -> bool:
        """Clear `paused_at`. True if the task was paused."""
        return bool(
            self._pool.execute(
                "UPDATE task SET paused_at = NULL, pause_reason = NULL WHERE id_task = %s AND "
                "paused_at IS NOT NULL",
                (id_task,),
            )
        )

    def cancel(self, id_task: int, reason: str) -> bool:
        """End a task that is NEW or IN_PROGRESS, paused or not. True if it changed. Its items are another
        step.
        """
        return bool(
            self._pool.execute(
                "UPDATE task SET status_id = %s, finished_at = UTC_TIMESTAMP(6), paused_at = "
                "NULL, pause_reason = NULL, error = %s "
                "WHERE id_task = %s AND status_id IN (%s, %s)",
                (TaskStatus.CANCELLED, reason, id_task, TaskStatus.NEW, TaskStatus.IN_PROGRESS),
            )
        )

    def cancel_open_items(self, id_task: int) -> int:
        """Cancel every open item of a task that is cancelled, those in the hands of a worker, too.

        They lose their token, so a message under way finds nothing to claim, and an owner's answer meets the
        fence and is dropped. The counts of the task are then taken from the rows.
        """
        cancelled = 0
        # A worker may turn one kind into the other meanwhile: round after round, until one finds nothing.
        while found := sum(self._cancel_items(id_task, status) for status in OPEN_ITEMS):
            cancelled += found
        if cancelled:
            self._recount(id_task)
        return cancelled

    def cancel_waiting_items(self, id_task: int) -> int:
        """Cancel the pending items of a task, also those whose message is under way; leave those in a
        worker's hands.
        """
        return self._cancel_items(id_task, ItemStatus.PENDING)

    def _cancel_items(self, id_task: int, status: ItemStatus) -> int:
        cancelled = BATCH
        total = 0
        while cancelled == BATCH:
            cancelled = retrying(
                lambda: self._pool.execute(
                    "UPDATE task_item SET status_id = %s, due_at = NULL, lease_token = NULL, "
                    "error_class = 'cancelled', error = NULL "
                    "WHERE id_task = %s AND status_id = %s ORDER BY id_task_item LIMIT %s",
                    (ItemStatus.CANCELLED, id_task, status, BATCH),
                )
            )
            total += cancelled
        return total

    def _recount(self, id_task: int) -> None:
        rows = self._pool.query(
            "SELECT status_id, COUNT(*) AS items FROM task_item WHERE id_task = %s GROUP BY status_id",
            (id_task,),
        )
        counts = {row["status_id"]: int(row["items"]) for row in rows}
        processed, failed = (
            sum(counts.get(status, 0) for status in statuses) for statuses in (DONE_ITEMS, FAILED_ITEMS)
        )
        self._pool.execute(
            "UPDATE task SET records_processed = %s, records_failed = %s, records_total = %s "
            "WHERE id_task = %s AND status_id = %s",
            (processed, failed, sum(counts.values()), id_task, TaskStatus.CANCELLED),
        )

    def retry_items(self, id_task: int, status: ItemStatus, error_class: str | None) -> int:
        """Set items of that status pending again, as if they were new; with `error_class` only those that
        failed so.

        Returns:
            How many were set.
        """
        total, last = 0, 0
        while found := self._pool.query(
            "SELECT id_task_item FROM task_item WHERE id_task = %s AND status_id = %s AND id_task_item > %s "
            "AND (%s IS NULL OR error_class = %s) ORDER BY id_task_item LIMIT %s",
            (id_task, status, last, error_class, error_class, BATCH),
        ):
            between = found[0]["id_task_item"], found[-1]["id_task_item"]
            total += self._retry_range(id_task, status, error_class, between)
            last = between[1]
        return total

    def _retry_range(
        self, id_task: int, status: ItemStatus, error_class: str | None, between: tuple[int, int]
    ) -> int:
        def both() -> int:
            with self._pool.connection() as database, database.transaction():
                items = database.execute(
                    "UPDATE task_item SET status_id = %s, due_at = NULL, lease_token = NULL, "
                    "error_class = NULL, error = NULL "
                    "WHERE id_task = %s AND status_id = %s AND id_task_item BETWEEN %s AND %s "
                    "AND (%s IS NULL OR error_class = %s)",
                    (ItemStatus.PENDING, id_task, status, *between, error_class, error_class),
                )
                database.execute(
                    "UPDATE task SET records_failed = records_failed - LEAST(records_failed, %s) "
                    "WHERE id_task = %s",
                    (items, id_task),
                )
            return items

        return retrying(both)

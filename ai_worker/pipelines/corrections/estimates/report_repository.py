"""The queries behind reports: they read every reviewed item they count."""

from ai_worker.pipelines.corrections.statuses import DONE_ITEMS, REVIEWED_ITEMS, ChangeStatus, ItemStatus
from ai_worker.stores.mysql import MySQLPool, Row


class ReportRepository:
    """Counts of reviewers' decisions.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def has_task(self, id_task: int) -> bool:
        """Return whether there is such a task."""
        return bool(self._pool.query("SELECT 1 FROM task WHERE id_task = %s", (id_task,)))

    def latest_tasks(self, limit: int) -> list[int]:
        """The ids of the latest tasks that have answers of a model, oldest first."""
        rows = self._pool.query(
            "SELECT id_task FROM task WHERE EXISTS (SELECT 1 FROM task_item WHERE "
            "task_item.id_task = task.id_task "
            f"AND task_item.status_id IN ({_numbers(DONE_ITEMS)}) AND tokens_output IS NOT NULL) "
            f"ORDER BY id_task DESC LIMIT %s",
            (limit,),
        )
        return sorted(row["id_task"] for row in rows)

    def items(self, id_task: int | None) -> list[Row]:
        """Answers by model and prompt version. An accepted one counts as such also when it is exported, or
        met a conflict there.
        """
        accepted = (ItemStatus.ACCEPTED, ItemStatus.EXPORTED, ItemStatus.CONFLICT)
        return self._pool.query(
            "SELECT model_name, prompt_version, COUNT(*) AS answers, SUM(status_id IN (%s, %s, "
            "%s)) AS accepted, "
            "SUM(status_id = %s) AS rejected, SUM(status_id = %s) AS exported, SUM(status_id = "
            "%s) AS conflicts "
            f"FROM task_item WHERE status_id IN ({_numbers(DONE_ITEMS)}) AND (%s IS NULL OR id_task = %s) "
            "GROUP BY model_name, prompt_version ORDER BY model_name, prompt_version",
            (*accepted, ItemStatus.REJECTED, ItemStatus.EXPORTED, ItemStatus.CONFLICT, id_task, id_task),
        )

    def changes_by_kind(self, id_task: int | None) -> list[Row]:
        """Changes by model, prompt version and kind. One without a decision of its own follows its item."""
        with_item = f"c.status_id = {int(ChangeStatus.PROPOSED)} AND i.status_id"
        rejected = f"c.status_id = {int(ChangeStatus.REJECTED)} OR ({with_item} = {int(ItemStatus.REJECTED)})"
        also_accepted = _numbers((ItemStatus.ACCEPTED, ItemStatus.EXPORTED, ItemStatus.CONFLICT))
        accepted = f"c.status_id = {int(ChangeStatus.ACCEPTED)} OR ({with_item} IN ({also_accepted}))"
        return self._pool.query(
            f"SELECT i.model_name, i.prompt_version, c.kind, SUM({accepted}) AS accepted, "
            f"SUM({rejected}) AS rejected "
            "FROM task_item AS i JOIN task_item_change AS c USING (id_task_item) "
            f"WHERE i.status_id IN ({_numbers((ItemStatus.PROCESSED, *REVIEWED_ITEMS))}) AND (%s "
            f"IS NULL OR i.id_task = %s) "
            "GROUP BY i.model_name, i.prompt_version, c.kind ORDER BY i.model_name, i.prompt_version, c.kind",
            (id_task, id_task),
        )


def _numbers(statuses: tuple[ItemStatus, ...]) -> str:
    return ", ".join(str(int(status)) for status in statuses)

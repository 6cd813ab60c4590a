"""The queries behind the pages of a task and its items. None reads more rows than it shows, but for
`cost`.
"""

from collections.abc import Sequence
from decimal import Decimal

from ai_worker.pipelines.corrections.statuses import OPEN_ITEMS
from ai_worker.stores.mysql import MySQLPool, Row

SUMMARY = (
    "id_task_item, status_id, LEFT(text_original, 200) AS text_start, change_summary, "
    "error_class, error, attempts, lost, due_at, "
    "tokens_input, tokens_output, cost, model_name, prompt_version, operation_uuid, source_id, "
    "reviewed_by, reviewed_at, exported_at, "
    "created_at, processed_at"
)


class ViewRepository:
    """Reads for people.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def task(self, id_task: int) -> Row | None:
        """The shown columns of one task, with the seconds since its start by the server's clock."""
        found = self._pool.query(
            "SELECT id_task, status_id, paused_at, pause_reason, kind, description, error, "
            "operation_uuid, records_processed, "
            "records_failed, records_total, created_at, started_at, finished_at, "
            "TIMESTAMPDIFF(MICROSECOND, started_at, UTC_TIMESTAMP(6)) / 1e6 AS seconds FROM task "
            "WHERE id_task = %s",
            (id_task,),
        )
        return found[0] if found else None

    def count_open(self, id_task: int) -> dict[int, int]:
        """The number of pending and processing items of the task: entries of one index, none of finished
        items.
        """
        rows = self._pool.query(
            "SELECT status_id, COUNT(*) AS items FROM task_item WHERE id_task = %s AND status_id "
            "IN (%s, %s) GROUP BY status_id",
            (id_task, *OPEN_ITEMS),
        )
        return {row["status_id"]: int(row["items"]) for row in rows}

    def cost(self, id_task: int) -> Decimal | None:
        """The cost of the task's items so far; None where no model of it has a price. Reads all of its
        items.
        """
        found: Decimal | None = self._pool.query(
            "SELECT SUM(cost) AS cost FROM task_item WHERE id_task = %s", (id_task,)
        )[0]["cost"]
        return found

    def tasks_of(self, items: Sequence[int]) -> list[int]:
        """The tasks that these items belong to, the oldest first."""
        if not items:
            return []
        marks = ", ".join(["%s"] * len(items))
        rows = self._pool.query(
            f"SELECT DISTINCT id_task FROM task_item WHERE id_task_item IN ({marks}) ORDER BY id_task", items
        )
        return [row["id_task"] for row in rows]

    def statuses(self, id_task: int) -> list[int]:
        """The statuses that items of the task have now: a loose scan of an index, one step for each."""
        return [
            row["status_id"]
            for row in self._pool.query(
                "SELECT DISTINCT status_id FROM task_item WHERE id_task = %s", (id_task,)
            )
        ]

    def tasks(self, status: int | None, before: int, limit: int) -> list[int]:
        """Ids of tasks, the latest first.

        Args:
            status: only tasks of this status.
            before: the id of the last task of the page before.
        """
        chosen, value = ("AND status_id = %s ", [status]) if status is not None else ("", [])
        rows = self._pool.query(
            f"SELECT id_task FROM task WHERE id_task < %s {chosen}ORDER BY id_task DESC LIMIT %s",
            [before, *value, limit],
        )
        return [row["id_task"] for row in rows]

    def warnings(self, items: Sequence[int]) -> dict[int, list[Row]]:
        """The warnings about these items' answers, in their order."""
        found: dict[int, list[Row]] = {}
        if items:
            marks = ", ".join(["%s"] * len(items))
            rows = self._pool.query(
                "SELECT id_task_item, code, detail FROM task_item_warning "
                f"WHERE id_task_item IN ({marks}) ORDER BY id_task_item, position",
                items,
            )
            for row in rows:
                found.setdefault(row["id_task_item"], []).append(row)
        return found

    def page(
        self,
        id_task: int,
        statuses: Sequence[int],
        error_class: str | None,
        after: int,
        limit: int,
        warning: str | None = None,
    ) -> list[Row]:
        """The next items of those statuses by their ids.

        Each status is read in its own order along the index, and no further than the page is long.

        Args:
            error_class: only items that failed so.
            after: the id of the last item of the page before; 0 for the first page.
            warning: only items whose answer has a warning of this class; `any` for one of any class.
        """
        if not statuses:
            return []
        # The index and the order of the join are named: with few statuses the server would rather read the
        # whole task.
        chosen, value = ("AND error_class = %s ", [error_class]) if error_class else ("", [])
        if warning is not None:
            # An item's few warnings are looked up by its key; the index on classes would list all tasks'
            # items.
            of_class, code = ("AND w.code = %s", [warning]) if warning != "any" else ("", [])
            chosen += (
                "AND EXISTS (SELECT 1 FROM task_item_warning AS w "
                f"WHERE w.id_task_item = task_item.id_task_item {of_class}) "
            )
            value = [*value, *code]
        one = (
            "(SELECT id_task_item AS id FROM task_item FORCE INDEX (task_item_listing) "
            f"WHERE id_task = %s AND status_id = %s AND id_task_item > %s {chosen}ORDER BY "
            f"id_task_item LIMIT %s)"
        )
        ids = " UNION ALL ".join([one] * len(statuses))
        params = [part for status in statuses for part in (id_task, status, after, *value, limit)]
        return self._pool.query(
            f"SELECT {SUMMARY} FROM (SELECT id FROM ({ids}) AS found ORDER BY id LIMIT %s) AS page "
            "STRAIGHT_JOIN task_item ON task_item.id_task_item = page.id ORDER BY id",
            [*params, limit],
        )

"""The queries of a reviewer's queue. Each follows the index on task and status and reads a bounded number of
rows.

A narrow filter (a word, a model) has no index of its own. It looks through `WINDOW` items at a time, and says
where it stopped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.pipelines.corrections.panel.filters import LONGEST_ID, ReviewFilter
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.stores.mysql import MySQLPool, Row

WINDOW = 2_000
WINDOWS = 4
"""The rows that one request looks through before it gives what it has."""
MOST_COUNTED = 10_000
_SHOWN = (
    "id_task_item, status_id, LEFT(text_original, 160) AS text_start, LEFT(text_corrected, 160) AS "
    "answer_start, change_summary, "
    "model_name, prompt_version, reviewed_by, reviewed_at, error_class, cost, LEFT(error, 300) AS error"
)
_ITEMS = "FROM task_item FORCE INDEX (task_item_listing) WHERE id_task = %s AND status_id = %s"


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Items in the order of their ids.

    Args:
        after: the id behind which the next page begins; None at the end.
    """

    rows: Sequence[Row]
    after: int | None


@dataclass(frozen=True, slots=True)
class Count:
    """The number of items that fit.

    Args:
        exact: False where there are more than were counted.
    """

    items: int
    exact: bool


class QueueRepository:
    """Items of one task and status.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def oldest_task(self) -> int:
        """The oldest task with answers that wait for a reviewer; 0 if there is none. A loose scan of an
        index.
        """
        found = self.waiting_tasks(1)
        return found[0] if found else 0

    def waiting_tasks(self, limit: int) -> list[int]:
        """The oldest tasks with answers that wait for a reviewer."""
        rows = self._pool.query(
            "SELECT DISTINCT id_task FROM task_item WHERE status_id = %s ORDER BY id_task LIMIT %s",
            (ItemStatus.PROCESSED, limit),
        )
        return [row["id_task"] for row in rows]

    def page(self, wanted: ReviewFilter, after: int, limit: int) -> ItemPage:
        """The next items behind an id."""
        rows: list[Row] = []
        narrow, values = wanted.conditions()
        for _ in range(WINDOWS if wanted.is_narrow else 1):
            top = self._end_of_window(wanted, after) if wanted.is_narrow else LONGEST_ID
            rows += self._pool.query(
                f"SELECT {_SHOWN} {_ITEMS} AND id_task_item > %s AND id_task_item <= %s{narrow} ORDER BY "
                f"id_task_item LIMIT %s",
                (wanted.task, wanted.status_id, after, top, *values, limit + 1 - len(rows)),
            )
            if len(rows) > limit:
                return ItemPage(rows[:limit], rows[limit - 1]["id_task_item"])
            if top == LONGEST_ID:
                return ItemPage(rows, None)
            after = top
        return ItemPage(rows, after)

    def before(self, wanted: ReviewFilter, id_task_item: int, limit: int) -> list[Row]:
        """The items before an id, the nearest last."""
        narrow, values = wanted.conditions()
        low = self._start_of_window(wanted, id_task_item) if wanted.is_narrow else 0
        rows = self._pool.query(
            f"SELECT {_SHOWN} {_ITEMS} AND id_task_item < %s AND id_task_item >= %s{narrow} ORDER BY "
            f"id_task_item DESC LIMIT %s",
            (wanted.task, wanted.status_id, id_task_item, low, *values, limit),
        )
        return rows[::-1]

    def count(self, wanted: ReviewFilter) -> Count:
        """The number of items that fit, counted up to `MOST_COUNTED`, of a narrow filter within the first
        windows.
        """
        narrow, values = wanted.conditions()
        if not wanted.is_narrow:
            sql = f"SELECT COUNT(*) AS items FROM (SELECT 1 {_ITEMS} LIMIT %s) AS some"
            found = int(self._pool.query(sql, (wanted.task, wanted.status_id, MOST_COUNTED + 1))[0]["items"])
            return Count(min(found, MOST_COUNTED), found <= MOST_COUNTED)
        items, after = 0, 0
        for _ in range(WINDOWS):
            top = self._end_of_window(wanted, after)
            sql = f"SELECT COUNT(*) AS items {_ITEMS} AND id_task_item > %s AND id_task_item <= %s{narrow}"
            items += int(
                self._pool.query(sql, (wanted.task, wanted.status_id, after, top, *values))[0]["items"]
            )
            if top == LONGEST_ID:
                return Count(items, exact=True)
            after = top
        return Count(items, exact=False)

    def choices(self, id_task: int) -> dict[str, list[str]]:
        """Models and prompt versions among the latest items of a task, for the filter's form."""
        rows = self._pool.query(
            "SELECT DISTINCT model_name, prompt_version FROM (SELECT model_name, prompt_version FROM "
            "task_item "
            "FORCE INDEX (task_item_listing) WHERE id_task = %s ORDER BY status_id DESC, id_task_item DESC "
            "LIMIT 500) AS latest",
            (id_task,),
        )
        names = ("model_name", "prompt_version")
        return {name: sorted({row[name] for row in rows if row[name]}) for name in names}

    def end_of_window(self, wanted: ReviewFilter, after: int) -> int:
        """The last id of the next window; `LONGEST_ID` if it reaches the end."""
        return self._end_of_window(wanted, after)

    def _end_of_window(self, wanted: ReviewFilter, after: int) -> int:
        found = self._pool.query(
            f"SELECT id_task_item {_ITEMS} AND id_task_item > %s ORDER BY id_task_item LIMIT 1 OFFSET %s",
            (wanted.task, wanted.status_id, after, WINDOW - 1),
        )
        return int(found[0]["id_task_item"]) if found else LONGEST_ID

    def _start_of_window(self, wanted: ReviewFilter, before: int) -> int:
        found = self._pool.query(
            f"SELECT id_task_item {_ITEMS} AND id_task_item < %s ORDER BY id_task_item DESC LIMIT 1 OFFSET "
            f"%s",
            (wanted.task, wanted.status_id, before, WINDOW - 1),
        )
        return int(found[0]["id_task_item"]) if found else 0

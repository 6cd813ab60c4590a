"""Corrections within the test's own process, worked here and now, without a broker."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.engine.worker.group_watch import close_unfinished, group_watch
from ai_worker.engine.worker.local import run_lanes
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.tasks import CORRECT, GROUPS
from ai_worker.settings import settings
from ai_worker.stores.mysql import MySQLAddress, mysql
from tests.integration.web.deployment import Deployment
from tests.mysql_tables import make_tables


class Corrections(Deployment):
    """A database of the test's own, and what one asks of it again and again."""

    def __init__(self) -> None:
        make_tables(MySQLAddress.from_settings(settings()))
        self.pool = mysql()

    def work(self, id_task: int) -> Counter[Outcome]:
        """Work all that is due of a task."""
        tally = run_lanes(CORRECT, [Lane(HERE, id_task)], None, lambda claim, outcome: None)
        group_watch(GROUPS).flush()
        close_unfinished(CORRECT)
        return tally

    def work_until_done(self, id_task: int) -> None:
        """The same again and again, without waiting for what is to be tried later, until nothing is open."""
        while service.repository().has_open_items(id_task):
            self.pool.execute(
                "UPDATE task_item SET due_at = UTC_TIMESTAMP(6) WHERE id_task = %s AND status_id = 0",
                (id_task,),
            )
            self.work(id_task)

    def answered(self, pairs: Sequence[tuple[str, str]], **columns: Any) -> list[int]:
        """A task with items that other software has answered by plain SQL; returns their ids."""
        id_task = self.add_task([text for text, _ in pairs], **columns)
        items = self.items(id_task)
        with self.pool.connection() as database:
            database.execute_many(
                "UPDATE task_item SET status_id = 1, text_corrected = %s WHERE id_task_item = %s",
                [(answer, item["id_task_item"]) for item, (_, answer) in zip(items, pairs, strict=True)],
            )
        return [item["id_task_item"] for item in items]

    def item(self, id_task_item: int) -> dict[str, Any]:
        """One row of `task_item`."""
        return self.pool.query("SELECT * FROM task_item WHERE id_task_item = %s", (id_task_item,))[0]

    def warnings(self, id_task: int) -> list[tuple[int, str, str]]:
        """Item, class and detail of the task's warnings, in their order."""
        rows = self.pool.query(
            "SELECT id_task_item, code, detail FROM task_item_warning JOIN task_item USING (id_task_item) "
            "WHERE id_task = %s ORDER BY id_task_item, position",
            (id_task,),
        )
        return [(row["id_task_item"], row["code"], row["detail"]) for row in rows]

    def change_rows(self, id_task_item: int) -> list[dict[str, Any]]:
        """The item's rows of `task_item_change`."""
        return self.pool.query(
            "SELECT * FROM task_item_change WHERE id_task_item = %s ORDER BY position", (id_task_item,)
        )

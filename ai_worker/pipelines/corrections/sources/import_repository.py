"""The queries of importing: a task that is paused until all of its items are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.pipelines.corrections.sources.text_files import Text
from ai_worker.stores.mysql import MySQLPool, Row

IMPORTING = "import under way"
"""`task.pause_reason` meanwhile."""


class ImportRepository:
    """Tasks that are being filled.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def active_models(self) -> list[Row]:
        """The models that can be asked."""
        return self._pool.query(
            "SELECT id_ai_model, provider, model_name FROM ai_model WHERE is_active = 1 ORDER BY id_ai_model"
        )

    def begin(self, columns: Mapping[str, Any]) -> int:
        """Make a paused task; returns its id.

        Args:
            columns: of `task`, from code and not from input.
        """
        names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
        with self._pool.connection() as database:
            return database.insert(
                f"INSERT INTO task ({names}, paused_at, pause_reason) VALUES ({marks}, UTC_TIMESTAMP(6), %s)",
                (*columns.values(), IMPORTING),
            )

    def stored(self, id_task: int) -> int:
        """The number of items of the task."""
        return int(
            self._pool.query("SELECT COUNT(*) AS items FROM task_item WHERE id_task = %s", (id_task,))[0][
                "items"
            ]
        )

    def last_item(self, id_task: int) -> Row | None:
        """The item that was stored last."""
        sql = (
            "SELECT source_id, text_original FROM task_item WHERE id_task = %s ORDER BY "
            "id_task_item DESC LIMIT 1"
        )
        return next(iter(self._pool.query(sql, (id_task,))), None)

    def add(self, id_task: int, texts: Sequence[Text]) -> None:
        """Store items, all of them or none."""
        with self._pool.connection() as database, database.transaction():
            database.execute_many(
                "INSERT INTO task_item (id_task, source_id, text_original) VALUES (%s, %s, %s)",
                [(id_task, source_id, text) for source_id, text in texts],
            )

    def finish(self, id_task: int, items: int) -> None:
        """All items are there: the task may be worked."""
        self._pool.execute(
            "UPDATE task SET paused_at = NULL, pause_reason = NULL, records_total = %s WHERE "
            "id_task = %s AND pause_reason = %s",
            (items, id_task, IMPORTING),
        )

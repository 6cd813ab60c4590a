"""Queries about correction tasks and their progress. Those of review, sources, estimates and the panel are in
repositories of their own; what the engine asks of `task_item` is in `engine/sources/table_source.py`.
"""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import uuid4

from ai_worker.engine.sources.table import Table
from ai_worker.engine.sources.table_source import TableSource
from ai_worker.pipelines.corrections.rows import ItemRow
from ai_worker.pipelines.corrections.statuses import (
    DONE_ITEMS,
    FAILED_ITEMS,
    OPEN_ITEMS,
    ItemStatus,
    TaskStatus,
)
from ai_worker.stores.mysql import MySQLPool, Row, retrying

COMPLETIONS_PER_SCAN = 200

_TASK_COLUMNS = (
    "paused_at",
    "kind",
    "description",
    "source_language",
    "target_language",
    "glossary",
    "answer_schema",
    "budget",
    "id_ai_model",
    "format",
)
_MODEL_COLUMNS = (
    "provider",
    "api_key_encrypted",
    "api_key_iv",
    "requests_per_minute",
    "tokens_per_minute",
    "in_flight",
    "price_input",
    "price_output",
    "price_cached",
    "max_input_tokens",
    "max_output_tokens",
    "deadline_seconds",
    "is_active",
    "base_url",
    "settings",
)
MODEL = {
    "model_found": "ai_model.id_ai_model",
    "asked_model": "ai_model.model_name",
    **{name: f"ai_model.{name}" for name in _MODEL_COLUMNS},
}
"""The columns that `model_of` reads."""

ITEMS = Table(
    name="task_item",
    key="id_task_item",
    lane="id_task",
    due_index="task_item_due",
    select=(
        "item.id_task, item.text_original, item.tokens_input, item.tokens_output, item.cost, "
        "item.error_class AS last_error_class, item.error AS last_error, "
        "EXISTS (SELECT 1 FROM task_item_change AS c WHERE c.id_task_item = item.id_task_item) "
        "AS had_changes, "
        "EXISTS (SELECT 1 FROM task_item_warning AS w WHERE w.id_task_item = item.id_task_item) "
        "AS had_warnings"
    ),
    shared={
        "task_found": "task.id_task",
        "task_status": "task.status_id",
        **{name: f"task.{name}" for name in _TASK_COLUMNS},
        **MODEL,
    },
    joins="LEFT JOIN task ON task.id_task = item.id_task LEFT JOIN ai_model ON "
    "ai_model.id_ai_model = task.id_ai_model",
    pending=ItemStatus.PENDING,
    done=ItemStatus.PROCESSED,
    processing=ItemStatus.PROCESSING,
    failed=ItemStatus.ERROR,
    failed_as={"redaction_mismatch": ItemStatus.REDACTION_MISMATCH, "cancelled": ItemStatus.CANCELLED},
    on_done="processed_at = UTC_TIMESTAMP(6)",
)


def item_source(pool: MySQLPool) -> TableSource:
    """`task_item` as the engine sees it."""
    return TableSource(pool, ITEMS)


class CorrectionRepository:
    """Tasks and their progress.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def fetch_tasks(self, ids: Sequence[int]) -> list[Row]:
        """The tasks of those ids, oldest first; ids without a task are left out."""
        if not ids:
            return []
        marks = ", ".join(["%s"] * len(ids))
        return self._pool.query(
            "SELECT id_task, task.status_id, paused_at, pause_reason, budget, id_ai_model, "
            "provider, model_name, is_active, in_flight, "
            "requests_per_minute, tokens_per_minute, deadline_seconds, price_input, "
            "price_output, price_cached, max_input_tokens, max_output_tokens, "
            "api_key_encrypted, api_key_iv, base_url, settings FROM task "
            f"LEFT JOIN ai_model USING (id_ai_model) WHERE id_task IN ({marks}) ORDER BY id_task",
            ids,
        )

    def fetch_task(self, id_task: int) -> Row | None:
        """One task whole."""
        return next(iter(self._pool.query("SELECT * FROM task WHERE id_task = %s", (id_task,))), None)

    def fetch_item(self, id_task_item: int) -> ItemRow | None:
        """One item whole."""
        found = self._pool.query("SELECT * FROM task_item WHERE id_task_item = %s", (id_task_item,))
        return cast(ItemRow, found[0]) if found else None

    def active_tasks(self, limit: int) -> list[int]:
        """The oldest tasks that are NEW or IN_PROGRESS and not paused."""
        found: list[Row] = []
        for status in (TaskStatus.NEW, TaskStatus.IN_PROGRESS):
            found += self._pool.query(
                "SELECT id_task FROM task WHERE status_id = %s AND paused_at IS NULL ORDER BY "
                "id_task LIMIT %s",
                (status, limit),
            )
        return sorted(row["id_task"] for row in found)[:limit]

    def pending_items(self, id_task: int, limit: int) -> list[int]:
        """Ids of the task's pending items, oldest first."""
        rows = self._pool.query(
            "SELECT id_task_item FROM task_item WHERE id_task = %s AND status_id = %s ORDER BY "
            "id_task_item LIMIT %s",
            (id_task, ItemStatus.PENDING, limit),
        )
        return [row["id_task_item"] for row in rows]

    def start(self, id_task: int) -> bool:
        """NEW → IN_PROGRESS; also a finished task some of whose items are pending again. True if it
        changed.
        """
        return bool(
            self._pool.execute(
                "UPDATE task SET started_at = COALESCE(started_at, UTC_TIMESTAMP(6)), "
                "finished_at = NULL, error = NULL, "
                "operation_uuid = COALESCE(operation_uuid, %s), status_id = %s WHERE id_task = "
                "%s AND status_id IN (%s, %s, %s)",
                (
                    str(uuid4()),
                    TaskStatus.IN_PROGRESS,
                    id_task,
                    TaskStatus.NEW,
                    TaskStatus.COMPLETED,
                    TaskStatus.ERROR,
                ),
            )
        )

    def resume_paid(self, id_task: int, pause_reason: str) -> bool:
        """Clear the pause of a task that rested for this reason. False: it rests for another one by now, or
        continues already.
        """
        return bool(
            self._pool.execute(
                "UPDATE task SET paused_at = NULL, pause_reason = NULL WHERE id_task = %s AND "
                "pause_reason = %s",
                (id_task, pause_reason),
            )
        )

    def recount(self, id_task: int) -> None:
        """Take the task's counts from its rows, as when a finished task is opened again."""
        counts = self.count_items(id_task)
        self._pool.execute(
            "UPDATE task SET records_processed = %s, records_failed = %s WHERE id_task = %s",
            (_sum(counts, DONE_ITEMS), _sum(counts, FAILED_ITEMS), id_task),
        )

    def add_progress(self, id_task: int, processed: int, failed: int) -> None:
        """Add what one process has done since its last report. A task that has ended was counted from its
        rows: nothing is added.
        """
        self._pool.execute(
            "UPDATE task SET records_processed = records_processed + %s, records_failed = "
            "records_failed + %s "
            "WHERE id_task = %s AND status_id = %s",
            (processed, failed, id_task, TaskStatus.IN_PROGRESS),
        )

    def has_open_items(self, id_task: int) -> bool:
        """Return whether an item of the task is pending or processing: one index lookup for each."""
        return any(
            self._pool.query(
                "SELECT 1 FROM task_item WHERE id_task = %s AND status_id = %s LIMIT 1", (id_task, status)
            )
            for status in OPEN_ITEMS
        )

    def idle_tasks(self) -> list[int]:
        """Tasks that are NEW or IN_PROGRESS although none of their items is open."""
        rows = self._pool.query(
            "SELECT id_task FROM task WHERE status_id IN (%s, %s) AND paused_at IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM task_item WHERE task_item.id_task = task.id_task AND "
            "task_item.status_id IN (%s, %s)) LIMIT %s",
            (TaskStatus.NEW, TaskStatus.IN_PROGRESS, *OPEN_ITEMS, COMPLETIONS_PER_SCAN),
        )
        return [row["id_task"] for row in rows]

    def count_items(self, id_task: int) -> dict[int, int]:
        """The number of the task's items in each status."""
        rows = self._pool.query(
            "SELECT status_id, COUNT(*) AS items FROM task_item WHERE id_task = %s GROUP BY status_id",
            (id_task,),
        )
        return {row["status_id"]: int(row["items"]) for row in rows}

    def error_classes(self, id_task: int) -> dict[str, int]:
        """The number of the task's items that failed for good, by error class."""
        rows = self._pool.query(
            "SELECT COALESCE(error_class, 'unknown') AS error_class, COUNT(*) AS items FROM task_item "
            "WHERE id_task = %s AND status_id IN (%s, %s) GROUP BY 1 ORDER BY 2 DESC",
            (id_task, *FAILED_ITEMS),
        )
        return {row["error_class"]: int(row["items"]) for row in rows}

    def complete(self, id_task: int) -> Row | None:
        """End a task none of whose items is open, with its counts taken from the rows.

        Returns:
            The task as it ended, or None if it was not to be ended: an item is open again, or another process
            ended it.
        """
        counts = self.count_items(id_task)
        processed, failed = _sum(counts, DONE_ITEMS), _sum(counts, FAILED_ITEMS)
        status = TaskStatus.ERROR if failed and not processed else TaskStatus.COMPLETED
        error = _failure_note(failed, sum(counts.values()), self.error_classes(id_task)) if failed else None
        changed = retrying(
            lambda: self._pool.execute(
                "UPDATE task SET status_id = %s, records_processed = %s, records_failed = %s, "
                "records_total = %s, error = %s, "
                "started_at = COALESCE(started_at, UTC_TIMESTAMP(6)), finished_at = UTC_TIMESTAMP(6) "
                "WHERE id_task = %s AND status_id IN (%s, %s) AND NOT EXISTS "
                "(SELECT 1 FROM task_item WHERE id_task = %s AND status_id IN (%s, %s))",
                (
                    *(status, processed, failed, sum(counts.values()), error),
                    *(id_task, TaskStatus.NEW, TaskStatus.IN_PROGRESS),
                    *(id_task, *OPEN_ITEMS),
                ),
            )
        )
        return self.fetch_task(id_task) if changed else None

    def models(self) -> list[Row]:
        """All models, as a claimed item's task names one."""
        return self._pool.query(
            "SELECT *, id_ai_model AS model_found, model_name AS asked_model, NULL AS id_task "
            "FROM ai_model ORDER BY id_ai_model"
        )

    def latest_tasks(self, limit: int) -> list[Row]:
        """Open tasks and the latest finished ones, oldest first."""
        found = self._pool.query(
            "SELECT id_task, status_id, paused_at, pause_reason, error FROM task ORDER BY "
            "status_id > %s, id_task DESC LIMIT %s",
            (TaskStatus.IN_PROGRESS, limit),
        )
        return sorted(found, key=lambda task: int(task["id_task"]))


def _sum(counts: Mapping[int, int], statuses: Sequence[ItemStatus]) -> int:
    return sum(counts.get(status, 0) for status in statuses)


def _failure_note(failed: int, total: int, classes: dict[str, int]) -> str:
    reasons = ", ".join(f"{name} {count}" for name, count in classes.items())
    return f"{failed} of {total} items failed: {reasons}"

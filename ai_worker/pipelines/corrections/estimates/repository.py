"""The queries behind estimates and reports."""

from collections.abc import Sequence
from decimal import Decimal

from ai_worker.pipelines.corrections.estimates.estimate import Sizes
from ai_worker.pipelines.corrections.repository import MODEL
from ai_worker.pipelines.corrections.statuses import DONE_ITEMS, ItemStatus
from ai_worker.stores.mysql import MySQLPool, Row

LATEST_TASKS = 5
LATEST_ITEMS = 200
_SIZE = (
    "COALESCE(OCTET_LENGTH(CONVERT(text_original USING utf8mb4)), 0) AS size, "
    "COALESCE(text_original, '') REGEXP '[^[:space:]]' AS asked, tokens_input, tokens_output, cost"
)
_MODEL = ", ".join(f"{column} AS {name}" for name, column in MODEL.items())
_TASK = f"SELECT task.*, {_MODEL} FROM task LEFT JOIN ai_model USING (id_ai_model)"

Taken = tuple[int, int, Decimal | None]
"""Tokens of questions and of answers, and money, as they were counted."""


class EstimateRepository:
    """Sizes of texts, and what they took.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def task(self, id_task: int) -> Row | None:
        """A task with its model."""
        return next(iter(self._pool.query(f"{_TASK} WHERE id_task = %s", (id_task,))), None)

    def pending(self, id_task: int, limit: int | None, part_tokens: int | None) -> Sizes:
        """The sizes of the task's pending items, or of the oldest `limit` of them."""
        pending = (
            f"SELECT {_SIZE} FROM task_item WHERE id_task = %s AND status_id = %s ORDER BY "
            f"id_task_item LIMIT %s"
        )
        return self._sizes(
            pending, (id_task, ItemStatus.PENDING, 2**62 if limit is None else limit), part_tokens
        )[0]

    def item(self, id_task_item: int, part_tokens: int | None) -> Sizes:
        """The size of one item, whatever its status."""
        return self._sizes(
            f"SELECT {_SIZE} FROM task_item WHERE id_task_item = %s", (id_task_item,), part_tokens
        )[0]

    def answered(self, id_task: int, part_tokens: int | None) -> tuple[Sizes, Taken]:
        """The sizes of the task's answered items, and what they took."""
        marks = ", ".join(["%s"] * len(DONE_ITEMS))
        answered = (
            f"SELECT {_SIZE} FROM task_item WHERE id_task = %s AND status_id IN ({marks}) "
            f"AND tokens_output IS NOT NULL"
        )
        return self._sizes(answered, (id_task, *DONE_ITEMS), part_tokens)

    def latest_alike(self, task: Row, part_tokens: int | None) -> tuple[Sizes, Taken]:
        """The same of the latest answered items of tasks of the same model and kind: some of each of the
        latest such tasks.
        """
        found = self._pool.query(
            "SELECT id_task FROM task WHERE id_ai_model = %s AND kind = %s ORDER BY id_task DESC LIMIT %s",
            (task["id_ai_model"], task["kind"], LATEST_TASKS),
        )
        ids = {row["id_task"] for row in found} | {task["id_task"]}
        pairs = [(id_task, status) for id_task in sorted(ids) for status in DONE_ITEMS]
        one = (
            f"(SELECT {_SIZE} FROM task_item WHERE id_task = %s AND status_id = %s AND tokens_output > 0 "
            f"ORDER BY id_task_item DESC LIMIT {LATEST_ITEMS})"
        )
        return self._sizes(
            " UNION ALL ".join([one] * len(pairs)), [value for pair in pairs for value in pair], part_tokens
        )

    def _sizes(self, items: str, params: Sequence[object], part_tokens: int | None) -> tuple[Sizes, Taken]:
        tokens = "CEIL(size / 4)"
        calls = "asked" if part_tokens is None else f"asked * GREATEST(1, CEIL({tokens} / {part_tokens}))"
        [row] = self._pool.query(
            f"SELECT COUNT(*) AS items, COALESCE(SUM(asked), 0) AS asked, COALESCE(SUM({calls}), "
            f"0) AS calls, "
            f"COALESCE(SUM(asked * {tokens}), 0) AS tokens, COALESCE(SUM(tokens_input), 0) AS tokens_input, "
            f"COALESCE(SUM(tokens_output), 0) AS tokens_output, SUM(cost) AS cost FROM ({items}) AS chosen",
            params,
        )
        sizes = Sizes(int(row["items"]), int(row["asked"]), int(row["calls"]), int(row["tokens"]))
        return sizes, (int(row["tokens_input"]), int(row["tokens_output"]), row["cost"])

"""Answered parts of long texts, in `task_item_part`."""

from collections.abc import Mapping, Sequence

from ai_worker.pipelines.corrections.asking.parts import Part
from ai_worker.stores.mysql import MySQLPool


class PartRepository:
    """See `PartStore`.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def kept(self, id_task_item: int) -> Mapping[str, str]:
        """The answers so far, by the digests of their parts."""
        rows = self._pool.query(
            "SELECT digest, answer FROM task_item_part WHERE id_task_item = %s", (id_task_item,)
        )
        return {row["digest"]: row["answer"] for row in rows}

    def keep(self, id_task_item: int, digest: str, part: Part) -> None:
        """Remember a part. One that another owner of the item has answered meanwhile stays as it is.

        What it took goes to the item at once, unfenced: it was spent, also if another worker ends the item.
            The worker that ends it writes the whole sum.
        """
        took = part.usage.input, part.usage.output, part.cost
        with self._pool.connection() as database, database.transaction():
            database.execute(
                "INSERT IGNORE INTO task_item_part (id_task_item, digest, answer, tokens_input, "
                "tokens_output, cost) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                (id_task_item, digest, part.answer, *took),
            )
            database.execute(
                "UPDATE task_item SET tokens_input = COALESCE(tokens_input, 0) + %s, "
                "tokens_output = COALESCE(tokens_output, 0) + %s, "
                "cost = CASE WHEN %s IS NULL THEN cost ELSE COALESCE(cost, 0) + %s END WHERE "
                "id_task_item = %s",
                (*took[:2], part.cost, part.cost, id_task_item),
            )

    def forget(self, id_task_item: int, digests: Sequence[str]) -> None:
        """Forget parts that were no usable answer."""
        marks = ", ".join(["%s"] * len(digests))
        self._pool.execute(
            f"DELETE FROM task_item_part WHERE id_task_item = %s AND digest IN ({marks})",
            (id_task_item, *digests),
        )

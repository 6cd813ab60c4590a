"""Answered parts of long texts, in `task_item_part`."""

from collections.abc import Mapping, Sequence

from ai_worker.llm.request import Usage
from ai_worker.pipelines.corrections.parts import Part
from ai_worker.stores.mysql import MySQLPool


class PartRepository:
    """See `PartStore`.

    Args:
        pool: connections to the corrections database.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def kept(self, id_task_item: int) -> Mapping[str, Part]:
        """The parts answered so far, by their digests."""
        rows = self._pool.query(
            "SELECT digest, answer, tokens_input, tokens_output, cost FROM task_item_part WHERE id_task_item = %s", (id_task_item,)
        )
        return {row["digest"]: Part(row["answer"], Usage(row["tokens_input"], row["tokens_output"]), row["cost"]) for row in rows}

    def keep(self, id_task_item: int, digest: str, part: Part) -> None:
        """Remember a part. One that another owner of the item has answered meanwhile stays as it is."""
        self._pool.execute(
            "INSERT IGNORE INTO task_item_part (id_task_item, digest, answer, tokens_input, tokens_output, cost) "
            "VALUES (%s, %s, %s, %s, %s, %s)",
            (id_task_item, digest, part.answer, part.usage.input, part.usage.output, part.cost),
        )

    def forget(self, id_task_item: int, digests: Sequence[str]) -> None:
        """Forget parts that were no usable answer."""
        marks = ", ".join(["%s"] * len(digests))
        self._pool.execute(f"DELETE FROM task_item_part WHERE id_task_item = %s AND digest IN ({marks})", (id_task_item, *digests))

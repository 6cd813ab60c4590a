"""Deleting a loop with every row of it, in pieces that hold no lock for long."""

from ai_worker.stores.mysql import MySQLPool

AT_ONCE = 2_000

# Rows under work go first: an owner that ends later finds nothing that its token fences, and its result is
# dropped with all that belongs
# to it. Then their products.
_BY_LOOP = ("loop_step", "loop_write", "loop_pair")
_BY_ROUND = (
    ("qa_gen_question", "task_id", "qa_gen_task_id"),
    ("single_jump_result", "task_id", "single_jump_task_id"),
    ("qa_gen_task", "id", "qa_gen_task_id"),
    ("single_jump_task", "id", "single_jump_task_id"),
)


class DeleteRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def delete(self, loop_id: str) -> None:
        """Delete everything of a loop; the loop itself last, so that a deletion can be repeated."""
        for table in _BY_LOOP:
            self._all(f"DELETE FROM {table} WHERE loop_task_id = %s LIMIT {AT_ONCE}", loop_id)
        rounds = self._pool.query(
            "SELECT qa_gen_task_id, single_jump_task_id FROM loop_round WHERE loop_task_id = %s", (loop_id,)
        )
        for table, column, of_round in _BY_ROUND:
            for row in rounds:
                if row[of_round]:
                    self._all(f"DELETE FROM {table} WHERE {column} = %s LIMIT {AT_ONCE}", row[of_round])
        self._all(f"DELETE FROM loop_chunk WHERE loop_task_id = %s LIMIT {AT_ONCE}", loop_id)
        self._pool.execute("DELETE FROM loop_round WHERE loop_task_id = %s", (loop_id,))
        self._pool.execute("DELETE FROM loop_task WHERE id = %s", (loop_id,))

    def _all(self, statement: str, value: str) -> None:
        while self._pool.execute(statement, (value,)) == AT_ONCE:
            continue

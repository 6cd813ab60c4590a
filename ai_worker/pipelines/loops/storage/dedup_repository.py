"""The queries of the search for duplicates: questions to be compared, and their vectors."""

from collections.abc import Sequence

from ai_worker.pipelines.loops.dedup.entries import Entry
from ai_worker.pipelines.loops.statuses import QuestionStatus
from ai_worker.pipelines.loops.storage.round_repository import RoundRepository
from ai_worker.stores.mysql import MySQLPool, Row

AT_ONCE = 2_000
_COLUMNS = "id, question, reference_answer, normal"


class DedupRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool
        self._rounds = RoundRepository(pool)

    def passed(self, round_id: str) -> Sequence[Row]:
        """The round's questions that a judge passed, in the order in which they are to be kept."""
        round_row = self._rounds.get(round_id)
        if round_row is None:
            return []
        with self._pool.connection() as database:
            return self._rounds.passed(database, round_row)

    def approved(self, loop_id: str | None) -> list[Row]:
        """Approved questions of a loop, or of all loops: roots, since a duplicate is never approved."""
        if loop_id is None:
            return self._pool.query(
                f"SELECT {_COLUMNS} FROM qa_gen_question WHERE status = %s ORDER BY seq",
                (QuestionStatus.APPROVED,),
            )
        return self._pool.query(
            f"SELECT {_COLUMNS} FROM qa_gen_question WHERE loop_task_id = %s AND status = %s ORDER BY seq",
            (loop_id, QuestionStatus.APPROVED),
        )

    def entries(self, ids: Sequence[str]) -> dict[str, Entry]:
        """Questions by their ids."""
        rows = self._pool.query(
            f"SELECT {_COLUMNS} FROM qa_gen_question WHERE id IN ({', '.join(['%s'] * len(ids))})", list(ids)
        )
        return {row["id"]: Entry(row["id"], row["question"], row["reference_answer"] or "") for row in rows}

    def vectors(self, ids: Sequence[str], model: str) -> dict[str, bytes]:
        """Stored vectors of a model; those of others are not given."""
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            rows = self._pool.query(
                f"SELECT id, embedding FROM qa_gen_question WHERE id IN ({', '.join(['%s'] * len(part))}) "
                "AND embedding_model = %s AND embedding IS NOT NULL",
                [*part, model],
            )
            found.update({row["id"]: row["embedding"] for row in rows})
        return found

    def store_vectors(self, vectors: Sequence[tuple[str, bytes]], model: str) -> None:
        """Store vectors with the name of their model."""
        with self._pool.connection() as database, database.transaction():
            database.execute_many(
                "UPDATE qa_gen_question SET embedding = %s, embedding_model = %s WHERE id = %s",
                [(vector, model, id) for id, vector in vectors],
            )

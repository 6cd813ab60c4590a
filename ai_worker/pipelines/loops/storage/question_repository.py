"""The queries of questions with the newest result of each: pages with filters, and exports."""

from collections.abc import Sequence
from typing import Any

from ai_worker.pipelines.loops.statuses import QuestionStatus, RowStatus
from ai_worker.stores.mysql import MySQLPool, Row

# A result belongs to the question whose id it names; rows of the system before have no such id and belong by
# their text, byte for byte.
# Tests that wait or are under way are no results yet.
_RESULT = (
    "LEFT JOIN single_jump_result r ON r.seq = (SELECT r2.seq FROM single_jump_result r2 "
    "WHERE r2.task_id = lr.single_jump_task_id AND r2.question_hash = q.question_hash "
    "AND (r2.qa_question_id = q.id OR r2.qa_question_id IS NULL) "
    f"AND r2.status_id IN ({RowStatus.DONE:d}, {RowStatus.FAILED:d}) ORDER BY r2.seq DESC LIMIT 1)"
)
_OF_LOOP = "FROM loop_round lr JOIN qa_gen_question q ON q.task_id = lr.qa_gen_task_id"
CATEGORIES = {
    "hit": "r.is_file_hit = 1",
    "file_miss": "r.is_file_hit = 0 AND r.retrieved_count > 0",
    # An untested question has not failed: there must be a result.
    "recall_failed": "r.seq IS NOT NULL AND r.retrieved_count = 0 AND r.error IS NULL",
}
_LISTED = (
    "q.id, q.section_path, q.question, q.reference_answer, q.source_chunk, q.quality_score, q.status, "
    "q.dup_of, "
    "q.dup_similarity, q.chunk_headers, q.chunk_id, q.file_name, lr.round_number, r.is_file_hit, "
    "r.retrieved, "
    "r.best_cosine_sim, r.latency_ms, r.error, r.expected_chunk_id, r.is_chunk_hit, r.chunk_hit_rank"
)
_EXPORTED = (
    "q.id AS qa_question_id, q.section_path, q.file_name, q.question, q.reference_answer, q.source_chunk, "
    "q.quality_score, q.status, q.dup_of, q.dup_similarity, q.chunk_headers, q.chunk_id, lr.round_number, "
    "r.is_file_hit, r.retrieved, r.best_cosine_sim, r.expected_chunk_id, r.is_chunk_hit, r.chunk_hit_rank, "
    "r.error, "
    "(SELECT q2b.chunk_headers FROM qa_gen_question q2b WHERE q2b.chunk_id = r.expected_chunk_id "
    "AND TRIM(COALESCE(q2b.chunk_headers, '')) <> '' ORDER BY q2b.seq LIMIT 1) AS expected_chunk_name"
)
_EXPORTED_OLD = (
    "r.section_path, r.file_name, r.question, r.reference_answer, '' AS source_chunk, 1E0 AS quality_score, "
    "'approved' AS status, NULL AS dup_of, NULL AS dup_similarity, "
    "COALESCE(r.raw_chunk_headers, r.section_path) AS chunk_headers, r.expected_chunk_id AS chunk_id, "
    "lr.round_number, r.is_file_hit, r.retrieved, r.best_cosine_sim, r.expected_chunk_id, r.is_chunk_hit, "
    "r.chunk_hit_rank, r.error, (SELECT qb.chunk_headers FROM qa_gen_question qb "
    "WHERE qb.chunk_id = r.expected_chunk_id ORDER BY qb.seq LIMIT 1) AS expected_chunk_name"
)


class QuestionRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def page(
        self, loop_id: str, status: str | None, category: str | None, page: int, page_size: int
    ) -> tuple[int, list[Row]]:
        """The number of questions of a loop that fit the filters, and those of a page, the newest round
        first.

        Args:
            status: of `qa_gen_question`, or `duplicate`.
            category: of `CATEGORIES`; others filter nothing.
        """
        where, params = _where(loop_id, status, category)
        join = _RESULT if category in CATEGORIES else ""
        total = self._pool.query(f"SELECT COUNT(*) AS number {_OF_LOOP} {join} WHERE {where}", params)
        rows = self._pool.query(
            f"SELECT {_LISTED} {_OF_LOOP} {_RESULT} WHERE {where} "
            "ORDER BY lr.round_number DESC, q.created_at DESC, q.seq DESC LIMIT %s OFFSET %s",
            [*params, page_size, (page - 1) * page_size],
        )
        return int(total[0]["number"]), rows

    def exported(self, loop_id: str, category: str) -> list[Row]:
        """The approved questions of a category, or the results of a loop of old that has no questions of its
        own.
        """
        with_questions = self._pool.query(
            "SELECT 1 AS found FROM loop_round WHERE loop_task_id = %s AND qa_gen_task_id IS NOT NULL LIMIT "
            "1",
            (loop_id,),
        )
        chosen = CATEGORIES.get(category, "TRUE")
        if with_questions:
            return self._pool.query(
                f"SELECT {_EXPORTED} {_OF_LOOP} {_RESULT} WHERE lr.loop_task_id = %s AND q.status = %s AND "
                f"{chosen} "
                "ORDER BY lr.round_number, q.chunk_headers, q.created_at, q.seq",
                (loop_id, QuestionStatus.APPROVED),
            )
        return self._pool.query(
            f"SELECT {_EXPORTED_OLD} FROM single_jump_result r JOIN loop_round lr ON r.task_id = "
            "lr.single_jump_task_id "
            f"WHERE lr.loop_task_id = %s AND {chosen} ORDER BY lr.round_number, r.section_path, r.seq",
            (loop_id,),
        )


def _where(loop_id: str, status: str | None, category: str | None) -> tuple[str, Sequence[Any]]:
    clauses, params = ["lr.loop_task_id = %s"], [loop_id]
    if status == "duplicate":
        clauses.append("q.dup_of IS NOT NULL")
    elif status:
        clauses.append("q.status = %s")
        params.append(status)
    if category in CATEGORIES:
        clauses.append(CATEGORIES[category])
    return " AND ".join(clauses), params

"""The queries behind metrics: tested questions with their ranks, chunks with what was asked about them."""

import json
from collections import Counter

from ai_worker.pipelines.loops.metrics.coverage import CoveredChunk
from ai_worker.pipelines.loops.metrics.result_row import ResultRow
from ai_worker.pipelines.loops.statuses import QuestionStatus, RowStatus
from ai_worker.stores.mysql import MySQLPool

_ENDED = f"result.status_id IN ({RowStatus.DONE:d}, {RowStatus.FAILED:d})"


class MetricsRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def results(self, loop_id: str) -> list[ResultRow]:
        """The tested questions of a loop."""
        rows = self._pool.query(
            "SELECT COALESCE(result.qa_question_id, result.id) AS question_id, result.question, "
            "result.file_name, "
            "result.section_path, loop_round.round_number, result.error, result.retrieved_count, "
            "result.file_hit_rank, "
            "result.chunk_hit_rank, result.is_file_hit, result.is_chunk_hit, COALESCE(result.hit_top_k, 64) "
            "AS top_k "
            "FROM loop_round JOIN single_jump_result AS result ON result.task_id = "
            "loop_round.single_jump_task_id "
            f"WHERE loop_round.loop_task_id = %s AND {_ENDED} ORDER BY result.seq",
            (loop_id,),
        )
        return [
            ResultRow(
                question_id=row["question_id"],
                question=row["question"],
                file_name=row["file_name"] or "",
                headers=row["section_path"] or "",
                round_number=int(row["round_number"]),
                failed=row["error"] is not None,
                found=int(row["retrieved_count"] or 0),
                file_rank=row["file_hit_rank"],
                chunk_rank=row["chunk_hit_rank"],
                file_known=row["is_file_hit"] is not None,
                chunk_known=row["is_chunk_hit"] is not None,
                top_k=int(row["top_k"]),
            )
            for row in rows
        ]

    def coverage(self, loop_id: str) -> list[CoveredChunk]:
        """The chunks of a loop with their questions and hits, and how often any list held them."""
        retrieved: Counter[str] = Counter()
        for row in self._pool.query(
            "SELECT result.retrieved_chunk_ids FROM loop_round JOIN single_jump_result AS result "
            "ON result.task_id = loop_round.single_jump_task_id "
            f"WHERE loop_round.loop_task_id = %s AND result.status_id = {RowStatus.DONE:d}",
            (loop_id,),
        ):
            retrieved.update(set(json.loads(row["retrieved_chunk_ids"] or "[]")))
        rows = self._pool.query(
            "SELECT chunk.file_name, chunk.chunk_id, chunk.headers, COUNT(result.seq) AS questions, "
            "COALESCE(SUM(result.is_chunk_hit), 0) AS hits FROM loop_chunk AS chunk "
            "LEFT JOIN qa_gen_question AS question ON question.id_loop_chunk = chunk.id_loop_chunk AND "
            "question.status = %s "
            "LEFT JOIN single_jump_result AS result ON result.qa_question_id = question.id "
            f"AND result.status_id = {RowStatus.DONE:d} WHERE chunk.loop_task_id = %s "
            "GROUP BY chunk.id_loop_chunk, chunk.file_name, chunk.chunk_id, chunk.headers ORDER BY "
            "chunk.id_loop_chunk",
            (QuestionStatus.APPROVED, loop_id),
        )
        return [
            CoveredChunk(
                *(
                    row["file_name"],
                    row["chunk_id"],
                    row["headers"] or "",
                    int(row["questions"]),
                    int(row["hits"]),
                ),
                retrieved[row["chunk_id"]],
            )
            for row in rows
        ]

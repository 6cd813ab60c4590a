"""The rows of each phase, inserted when the phase begins, and cancelled when their loop ends before them."""

from ai_worker.errors import BadRequest
from ai_worker.pipelines.loops.chunks.planning import plan_visits
from ai_worker.pipelines.loops.faults import LoopEnded
from ai_worker.pipelines.loops.ids import child
from ai_worker.pipelines.loops.statuses import JobStatus, Phase, QuestionStatus, RowStatus
from ai_worker.pipelines.loops.storage.chunk_repository import visits
from ai_worker.pipelines.loops.storage.round_repository import ROWS_OF_PHASE, rows_of
from ai_worker.stores.mysql import MySQLDatabase, Row

_STEP = "INSERT IGNORE INTO loop_step (loop_task_id, loop_round_id, step) VALUES (%s, %s, %s)"


class PhaseRowsRepository:
    """Works within the caller's transaction."""

    def insert(
        self, database: MySQLDatabase, loop: Row, current: Row, phase: Phase, room: int | None
    ) -> None:
        """Insert the rows of a phase that begins. Those of judging and comparing are there already: their
        writers inserted them.
        """
        if phase is Phase.WRITING:
            self._writing(database, loop, current, room)
        elif phase is Phase.DEDUPLICATING:
            database.execute(_STEP, (loop["id"], current["id"], "dedup"))
        elif phase is Phase.TESTING:
            self.testing(database, loop, current)

    def fetching(self, database: MySQLDatabase, loop: Row, round_id: str) -> None:
        """Insert the row that fetches the chunks."""
        database.execute(_STEP, (loop["id"], round_id, "fetch"))

    def testing(self, database: MySQLDatabase, loop: Row, current: Row) -> None:
        """Insert a test for each approved question of a round."""
        test_id = current["single_jump_task_id"]
        questions = database.query(
            "SELECT id, section_path, file_id, file_name, question, reference_answer, chunk_id, "
            "chunk_headers "
            "FROM qa_gen_question WHERE task_id = %s AND status = %s ORDER BY seq",
            (current["qa_gen_task_id"], QuestionStatus.APPROVED),
        )
        database.execute_many(
            "INSERT INTO single_jump_result (id, task_id, loop_task_id, qa_question_id, section_path, "
            "doc_name, file_id, "
            "file_name, match_type, qid, question, reference_answer, top_k, expected_chunk_id, "
            "raw_chunk_headers, "
            "hit_top_k, status_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
            "0)",
            [
                (
                    *(
                        child(test_id, row["id"]),
                        test_id,
                        loop["id"],
                        row["id"],
                        row["section_path"],
                        row["file_name"],
                    ),
                    *(row["file_id"], row["file_name"], "exact_from_qa_gen", f"Q{number}", row["question"]),
                    *(row["reference_answer"], loop["recall_top_k"], row["chunk_id"], row["chunk_headers"]),
                    min(loop["top_k"], loop["recall_top_k"]),
                )
                for number, row in enumerate(questions, 1)
            ],
        )
        database.execute(
            "UPDATE single_jump_task SET status = %s, total = %s WHERE id = %s",
            (JobStatus.RUNNING, len(questions), test_id),
        )
        database.execute(
            "UPDATE qa_gen_task SET status = %s, finished_at = UTC_TIMESTAMP(6) WHERE id = %s",
            (JobStatus.DONE, current["qa_gen_task_id"]),
        )

    def copy_questions(self, database: MySQLDatabase, loop: Row, round_id: str) -> None:
        """Copy the approved questions of the loop that is tested again, with their chunks and twins, and
        insert their tests.

        Raises:
            BadRequest: there are none.
        """
        current = database.query("SELECT * FROM loop_round WHERE id = %s", (round_id,))[0]
        questions = database.query(
            "SELECT question.id, section_path, question, reference_answer, source_chunk, quality_score, "
            "quality_detail, "
            "file_id, file_name, chunk_id, chunk_headers, chunk_content_preview, normal FROM qa_gen_question "
            "AS question "
            "JOIN loop_round ON loop_round.qa_gen_task_id = question.task_id "
            "WHERE loop_round.loop_task_id = %s AND question.status = %s ORDER BY question.seq",
            (loop["retest_of"], QuestionStatus.APPROVED),
        )
        if not questions:
            raise BadRequest(f"loop {loop['retest_of']} has no approved question to be tested again")
        names = [name for name in questions[0] if name != "id"]
        database.execute_many(
            "INSERT INTO qa_gen_question (id, task_id, loop_task_id, status, created_at, "
            f"{', '.join(names)}) "
            f"VALUES (%s, %s, %s, 'approved', UTC_TIMESTAMP(6), {', '.join(['%s'] * len(names))})",
            [
                (
                    child(loop["id"], row["id"]),
                    current["qa_gen_task_id"],
                    loop["id"],
                    *(row[name] for name in names),
                )
                for row in questions
            ],
        )
        self.testing(database, loop, current)

    def cancel_waiting(self, database: MySQLDatabase, current: Row, also_in_hand: bool = False) -> int:
        """Cancel the rows of a round that no worker holds, and those that found their loop ended between two
        of their calls, which are no failures; returns their number.

        Args:
            also_in_hand: those that a worker holds, too; its token is gone then, and its answer is dropped.
        """
        open_ones = (
            f"{RowStatus.WAITING:d}, {RowStatus.PROCESSING:d}" if also_in_hand else f"{RowStatus.WAITING:d}"
        )
        cancelled = 0
        for phase in ROWS_OF_PHASE:
            table, condition, params = rows_of(phase, current)
            cancelled += database.execute(
                f"UPDATE {table} SET status_id = {RowStatus.CANCELLED:d}, due_at = NULL, lease_token = NULL, "
                f"error = IF(error_class = '{LoopEnded.error_class}', NULL, error) "
                f"WHERE {condition} AND (status_id IN ({open_ones}) OR "
                f"(status_id = {RowStatus.FAILED:d} AND error_class = '{LoopEnded.error_class}'))",
                params,
            )
        return cancelled

    def any_in_hand(self, database: MySQLDatabase, current: Row) -> bool:
        """True where a worker holds a row of a round."""
        return any(
            database.query(
                f"SELECT 1 AS held FROM {table} WHERE {condition} AND status_id = {RowStatus.PROCESSING:d} "
                "LIMIT 1",
                params,
            )
            for table, condition, params in (rows_of(phase, current) for phase in ROWS_OF_PHASE)
        )

    @staticmethod
    def _writing(database: MySQLDatabase, loop: Row, current: Row, room: int | None) -> None:
        planned = plan_visits(visits(database, loop["id"]), int(loop["questions_per_section"]), room)
        database.execute_many(
            "INSERT IGNORE INTO loop_write (loop_task_id, loop_round_id, id_loop_chunk, visit, wanted) "
            "VALUES (%s, %s, %s, %s, %s)",
            [
                (loop["id"], current["id"], chunk.id_loop_chunk, chunk.visits, loop["questions_per_section"])
                for chunk in planned
            ],
        )
        database.execute(
            "UPDATE qa_gen_task SET total = %s WHERE id = %s", (len(planned), current["qa_gen_task_id"])
        )

"""The decisions on a round's questions, out of the found duplicates and the model's words on the others."""

import json
from collections.abc import Sequence

from ai_worker.pipelines.loops.dedup.entries import Twin
from ai_worker.pipelines.loops.dedup.settle import Settled, settle
from ai_worker.pipelines.loops.statuses import QuestionStatus, RowStatus
from ai_worker.stores.mysql import MySQLDatabase, Row


class SettleRepository:
    """Works within the caller's transaction."""

    def settle(self, database: MySQLDatabase, current: Row, passed: Sequence[Row], room: int | None) -> None:
        """Approve questions as far as there is room, and reject duplicates with their root."""
        twins = {**self._found(database, current), **self._compared(database, current)}
        details = {row["id"]: row["quality_detail"] for row in passed}
        decisions = settle([row["id"] for row in passed], twins, room)
        database.execute_many(
            "UPDATE qa_gen_question SET status = %s, dup_of = %s, dup_similarity = %s, quality_detail = %s, "
            "updated_at = UTC_TIMESTAMP(6) WHERE id = %s AND status = 'pending'",
            [_columns(decision, details[decision.id]) for decision in decisions],
        )
        self._note_failures(database, current)

    @staticmethod
    def _found(database: MySQLDatabase, current: Row) -> dict[str, Twin]:
        rows = database.query(
            "SELECT outcome FROM loop_step WHERE loop_round_id = %s AND step = 'dedup' AND outcome IS NOT "
            "NULL",
            (current["id"],),
        )
        return {
            name: Twin(*twin) for row in rows for name, twin in json.loads(row["outcome"])["twins"].items()
        }

    @staticmethod
    def _compared(database: MySQLDatabase, current: Row) -> dict[str, Twin]:
        rows = database.query(
            "SELECT question_id, same_as, candidates FROM loop_pair WHERE loop_round_id = %s AND same_as IS "
            "NOT NULL",
            (current["id"],),
        )
        scores = {
            (row["question_id"], one): score for row in rows for one, score in json.loads(row["candidates"])
        }
        return {
            row["question_id"]: Twin(row["same_as"], scores[row["question_id"], row["same_as"]], "model")
            for row in rows
        }

    @staticmethod
    def _note_failures(database: MySQLDatabase, current: Row) -> None:
        failed = database.query(
            "SELECT COUNT(*) AS number FROM loop_pair WHERE loop_round_id = %s AND status_id = "
            f"{RowStatus.FAILED:d}",
            (current["id"],),
        )[0]["number"]
        if failed:
            note = f"{failed} questions could not be compared by the model and were kept"
            database.execute(
                "UPDATE loop_round SET notes = IF(notes IS NULL, %s, CONCAT(notes, '; ', %s)) WHERE id = %s",
                (note, note, current["id"]),
            )


def _columns(decision: Settled, detail: str | None) -> tuple[object, ...]:
    if decision.approved:
        return QuestionStatus.APPROVED, None, None, detail, decision.id
    detailed = json.loads(detail) if detail else {}
    if decision.twin is None:
        detailed["left_out"] = "max_questions is reached"
        return QuestionStatus.PENDING, None, None, json.dumps(detailed, ensure_ascii=False), decision.id
    detailed |= {"duplicate_by": decision.twin.method, "duplicate_similarity": decision.twin.similarity}
    similarity = round(decision.twin.similarity, 4)
    return (
        QuestionStatus.REJECTED,
        decision.twin.id,
        similarity,
        json.dumps(detailed, ensure_ascii=False),
        decision.id,
    )

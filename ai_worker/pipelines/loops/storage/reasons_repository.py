"""The counts behind a round that brought fewer questions than were wanted, or none that was approved."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.statuses import QuestionStatus, RowStatus
from ai_worker.stores.mysql import MySQLDatabase, Row


@dataclass(frozen=True, slots=True)
class Losses:
    """The questions of a round by what became of them.

    Args:
        chunks: visited in the round.
        short: of these, those that gave fewer questions than wanted.
        shortfalls: their most frequent reasons, each with its number.
        generated: questions written, rejected ones included.
        checks: rejected by a check of the text, by the check's name.
        below: judged below the threshold.
        unjudged: given up by the judge.
        duplicates: of earlier questions.
    """

    chunks: int = 0
    short: int = 0
    shortfalls: Sequence[tuple[str, int]] = ()
    generated: int = 0
    checks: Sequence[tuple[str, int]] = ()
    below: int = 0
    unjudged: int = 0
    duplicates: int = 0


class ReasonsRepository:
    """Works within the caller's transaction."""

    def losses(self, database: MySQLDatabase, current: Row) -> Losses:
        """The losses of a round whose rows have ended."""
        visits = database.query(
            "SELECT COUNT(*) AS chunks, COUNT(shortfall) AS short FROM loop_write WHERE loop_round_id = %s",
            (current["id"],),
        )[0]
        shortfalls = database.query(
            "SELECT shortfall, COUNT(*) AS number FROM loop_write "
            "WHERE loop_round_id = %s AND shortfall IS NOT NULL "
            "GROUP BY shortfall ORDER BY number DESC, shortfall LIMIT 3",
            (current["id"],),
        )
        ended = database.query(_ENDED, (QuestionStatus.PENDING, current["qa_gen_task_id"]))[0]
        checks = database.query(_CHECKS, (QuestionStatus.REJECTED, current["qa_gen_task_id"]))
        return Losses(
            int(visits["chunks"]),
            int(visits["short"]),
            [(str(row["shortfall"]), int(row["number"])) for row in shortfalls],
            int(ended["generated"]),
            [(str(row["name"]), int(row["number"])) for row in checks],
            int(ended["below"]),
            int(ended["unjudged"]),
            int(ended["duplicates"]),
        )


_ENDED = (
    "SELECT COUNT(*) AS generated, "
    f"COALESCE(SUM(status = %s AND status_id = {RowStatus.DONE:d}), 0) AS below, "
    f"COALESCE(SUM(status_id = {RowStatus.FAILED:d}), 0) AS unjudged, "
    "COALESCE(SUM(dup_of IS NOT NULL), 0) AS duplicates FROM qa_gen_question WHERE task_id = %s"
)
_CHECKS = (
    "SELECT COALESCE(JSON_UNQUOTE(JSON_EXTRACT(quality_detail, '$.rejected_by')), 'of a person') AS name, "
    "COUNT(*) AS number FROM qa_gen_question WHERE status = %s AND dup_of IS NULL AND task_id = %s "
    "GROUP BY name ORDER BY number DESC, name"
)

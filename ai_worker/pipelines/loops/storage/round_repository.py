"""The queries of rounds: reading them, beginning them, and moving them from phase to phase within the
caller's transaction.
"""

from collections.abc import Sequence

from ai_worker.pipelines.loops.ids import child
from ai_worker.pipelines.loops.rounds.state import Counts, Ended
from ai_worker.pipelines.loops.statuses import (
    OPEN_ROWS,
    STATUS_OF_PHASE,
    JobStatus,
    Phase,
    QuestionStatus,
    RowStatus,
)
from ai_worker.pipelines.loops.storage.columns import ROUND, selected
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row

NOW = "UTC_TIMESTAMP(6)"
_OPEN = ", ".join(str(int(status)) for status in OPEN_ROWS)

ROWS_OF_PHASE = {
    Phase.FETCHING: ("loop_step", "loop_round_id = %(round)s AND step = 'fetch'"),
    Phase.WRITING: ("loop_write", "loop_round_id = %(round)s"),
    Phase.JUDGING: ("qa_gen_question", "task_id = %(qa)s"),
    Phase.DEDUPLICATING: ("loop_step", "loop_round_id = %(round)s AND step = 'dedup'"),
    Phase.COMPARING: ("loop_pair", "loop_round_id = %(round)s"),
    Phase.TESTING: ("single_jump_result", "task_id = %(test)s"),
}
"""The rows that make up a phase's group: a table, and which of it."""


def rows_of(phase: Phase, round_row: Row) -> tuple[str, str, tuple[str]]:
    """Table, condition and its one bound value."""
    table, condition = ROWS_OF_PHASE[phase]
    names = {
        "%(round)s": round_row["id"],
        "%(qa)s": round_row["qa_gen_task_id"],
        "%(test)s": round_row["single_jump_task_id"],
    }
    name = next(name for name in names if name in condition)
    return table, condition.replace(name, "%s"), (names[name],)


class RoundRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def all(self, loop_id: str) -> list[Row]:
        """The rounds of a loop in their order, with the columns that go out."""
        return self._pool.query(
            f"SELECT {selected(ROUND)} FROM loop_round WHERE loop_task_id = %s ORDER BY round_number",
            (loop_id,),
        )

    def notes(self, loop_id: str) -> list[Row]:
        """Numbers and remarks of the rounds that have any."""
        return self._pool.query(
            "SELECT round_number, notes FROM loop_round WHERE loop_task_id = %s AND notes IS NOT NULL ORDER "
            "BY round_number",
            (loop_id,),
        )

    def unfinished(self) -> list[str]:
        """Ids of rounds that have not ended, oldest first."""
        rows = self._pool.query(
            "SELECT id FROM loop_round WHERE phase NOT IN (%s, %s) ORDER BY seq", (Phase.DONE, Phase.FAILED)
        )
        return [row["id"] for row in rows]

    def get(self, round_id: str) -> Row | None:
        """Every column."""
        rows = self._pool.query("SELECT * FROM loop_round WHERE id = %s", (round_id,))
        return rows[0] if rows else None

    def current(self, loop_id: str) -> Row | None:
        """The latest round, with every column."""
        rows = self._pool.query(
            "SELECT * FROM loop_round WHERE loop_task_id = %s ORDER BY round_number DESC LIMIT 1", (loop_id,)
        )
        return rows[0] if rows else None

    def phases(self, loop_ids: Sequence[str]) -> dict[str, Phase]:
        """The phases of the latest rounds of several loops."""
        if not loop_ids:
            return {}
        rows = self._pool.query(
            "SELECT loop_round.loop_task_id, phase FROM loop_round JOIN loop_task ON loop_task.id = "
            "loop_round.loop_task_id AND loop_task.current_round = loop_round.round_number "
            f"WHERE loop_round.loop_task_id IN ({', '.join(['%s'] * len(loop_ids))})",
            list(loop_ids),
        )
        return {row["loop_task_id"]: Phase(row["phase"]) for row in rows}

    def is_closed(self, round_row: Row) -> bool:
        """True where no row of the round's phase is open."""
        table, condition, params = rows_of(Phase(round_row["phase"]), round_row)
        return not self._pool.query(
            f"SELECT 1 AS open FROM {table} WHERE {condition} AND status_id IN ({_OPEN}) LIMIT 1", params
        )

    def lock(self, database: MySQLDatabase, round_id: str) -> Row | None:
        """Every column, locked until the transaction ends."""
        rows = database.query("SELECT * FROM loop_round WHERE id = %s FOR UPDATE", (round_id,))
        return rows[0] if rows else None

    def ended(self, database: MySQLDatabase, round_row: Row) -> Ended | None:
        """The outcome of the rows of the round's phase; None: some are open."""
        table, condition, params = rows_of(Phase(round_row["phase"]), round_row)
        counts = database.query(
            f"SELECT COUNT(*) AS total, COALESCE(SUM(status_id IN ({_OPEN})), 0) AS open, "
            f"COALESCE(SUM(status_id = {RowStatus.FAILED:d}), 0) AS failed FROM {table} WHERE {condition}",
            params,
        )[0]
        if counts["open"]:
            return None
        error = ""
        if counts["failed"]:
            error = database.query(
                f"SELECT error, COUNT(*) AS times FROM {table} WHERE {condition} AND status_id = "
                f"{RowStatus.FAILED:d} "
                "GROUP BY error ORDER BY times DESC LIMIT 1",
                params,
            )[0]["error"]
        return Ended(int(counts["total"]), int(counts["failed"]), error or "")

    def begin(self, database: MySQLDatabase, loop: Row, phase: Phase) -> str:
        """Insert the loop's next round with its two jobs; returns its id."""
        number = int(loop["current_round"]) + 1
        round_id, qa_id, test_id = (child(loop["id"], f"{name}-{number}") for name in ("round", "qa", "test"))
        database.execute(
            "INSERT INTO loop_round (id, loop_task_id, round_number, qa_gen_task_id, single_jump_task_id, "
            "status, phase, "
            f"started_at) VALUES (%s, %s, %s, %s, %s, %s, %s, {NOW})",
            (round_id, loop["id"], number, qa_id, test_id, STATUS_OF_PHASE[phase], phase),
        )
        database.execute(
            "INSERT INTO qa_gen_task (id, name, status, judge_config_id, questions_per_section, "
            "quality_threshold, "
            f"created_at) VALUES (%s, %s, %s, %s, %s, %s, {NOW})",
            (
                *(qa_id, f"{loop['name']}-问题生成-第{number}轮", JobStatus.RUNNING, loop["judge_config_id"]),
                *(loop["questions_per_section"], loop["quality_threshold"]),
            ),
        )
        names = (
            "env_url",
            "org_id",
            "d_user_id",
            "agent_id",
            "top_k",
            "concurrency",
            "cross_chunk",
            "recall_top_k",
        )
        database.execute(
            f"INSERT INTO single_jump_task (id, name, {', '.join(names)}, hit_top_k, status, created_at) "
            f"VALUES (%s, %s, {', '.join(['%s'] * len(names))}, %s, %s, {NOW})",
            (
                *(test_id, f"{loop['name']}-单跳测试-第{number}轮", *(loop[name] for name in names)),
                *(min(loop["top_k"], loop["recall_top_k"]), JobStatus.PENDING),
            ),
        )
        database.execute(
            "UPDATE loop_task SET current_round = %s, status = IF(status = 'pending', 'running', status) "
            "WHERE id = %s",
            (number, loop["id"]),
        )
        return round_id

    def move(self, database: MySQLDatabase, round_row: Row, phase: Phase) -> None:
        """Set the round's phase and status; a phase that ends it sets the time, too."""
        ended = f", finished_at = {NOW}" if phase in (Phase.DONE, Phase.FAILED) else ""
        database.execute(
            f"UPDATE loop_round SET phase = %s, status = %s{ended} WHERE id = %s",
            (phase, STATUS_OF_PHASE[phase], round_row["id"]),
        )

    def set_progress(self, round_id: str, done: int, total: int) -> None:
        """Note how far the search for duplicates is."""
        self._pool.execute(
            "UPDATE loop_round SET dedup_progress = %s WHERE id = %s", (f"{done}/{total}", round_id)
        )

    def add_progress(self, job: str, column: str, round_id: str, rows: int) -> None:
        """Add to the progress of a round's job.

        Args:
            job, column: its table, and the round's column that names it; constants of the code.
        """
        self._pool.execute(
            f"UPDATE {job} JOIN loop_round ON loop_round.{column} = {job}.id "
            f"SET {job}.progress = {job}.progress + %s WHERE loop_round.id = %s",
            (rows, round_id),
        )

    def rows_by_status(self, loop_id: str) -> dict[int, int]:
        """The rows of the current round's phase by their `status_id`; none after its end."""
        current = self.current(loop_id)
        if current is None or Phase(current["phase"]) not in ROWS_OF_PHASE:
            return {}
        table, condition, params = rows_of(Phase(current["phase"]), current)
        rows = self._pool.query(
            f"SELECT status_id, COUNT(*) AS number FROM {table} WHERE {condition} GROUP BY status_id", params
        )
        return {int(row["status_id"]): int(row["number"]) for row in rows}

    def waits_for(self, loop_id: str) -> str:
        """The fault that the open rows of the current phase met last, one of them; empty for none."""
        current = self.current(loop_id)
        if current is None or Phase(current["phase"]) not in ROWS_OF_PHASE:
            return ""
        table, condition, params = rows_of(Phase(current["phase"]), current)
        rows = self._pool.query(
            f"SELECT error FROM {table} WHERE {condition} AND status_id = {RowStatus.WAITING:d} "
            "AND error IS NOT NULL LIMIT 1",
            params,
        )
        return str(rows[0]["error"]) if rows else ""

    def retry(self, round_row: Row, error_class: str | None) -> int:
        """Set the failed rows of the round's phase waiting again, those of one error class or all."""
        table, condition, params = rows_of(Phase(round_row["phase"]), round_row)
        chosen, values = ("", []) if error_class is None else (" AND error_class = %s", [error_class])
        return self._pool.execute(
            f"UPDATE {table} SET status_id = {RowStatus.WAITING:d}, due_at = NULL, lease_token = NULL "
            f"WHERE {condition} AND status_id = {RowStatus.FAILED:d}{chosen}",
            [*params, *values],
        )

    def add_note(self, database: MySQLDatabase | MySQLPool, round_id: str, note: str) -> None:
        """Add a remark that a user should see."""
        database.execute(
            "UPDATE loop_round SET notes = IF(notes IS NULL, %s, CONCAT(notes, '; ', %s)) WHERE id = %s",
            (note, note, round_id),
        )

    def end_jobs(self, database: MySQLDatabase, round_row: Row, status: JobStatus, error: str | None) -> None:
        """End the round's two jobs where they are open."""
        test = JobStatus.DONE if status is JobStatus.STOPPED else status
        for table, id, ended in (
            ("qa_gen_task", round_row["qa_gen_task_id"], status),
            ("single_jump_task", round_row["single_jump_task_id"], test),
        ):
            database.execute(
                f"UPDATE {table} SET status = %s, error_message = %s, finished_at = {NOW} "
                "WHERE id = %s AND finished_at IS NULL",
                (ended, error, id),
            )

    def recount(self, database: MySQLDatabase, round_row: Row) -> Counts:
        """Set the round's counts from its rows, and return those that its next phase hangs on."""
        questions = database.query(
            "SELECT COUNT(*) AS generated, COALESCE(SUM(status = %s), 0) AS approved, "
            "COALESCE(SUM(dup_of IS NOT NULL), 0) AS duplicates, "
            f"COALESCE(SUM(status_id = {RowStatus.WAITING:d}), 0) AS to_judge FROM qa_gen_question WHERE "
            "task_id = %s",
            (QuestionStatus.APPROVED, round_row["qa_gen_task_id"]),
        )[0]
        tests = database.query(
            f"SELECT COALESCE(SUM(status_id IN ({RowStatus.DONE:d}, {RowStatus.FAILED:d})), 0) AS tested, "
            f"COALESCE(SUM(status_id = {RowStatus.DONE:d} AND retrieved_count > 0), 0) AS recalled, "
            f"COALESCE(SUM(status_id = {RowStatus.DONE:d} AND is_file_hit = 1), 0) AS file_hit, "
            f"COALESCE(SUM(status_id = {RowStatus.DONE:d} AND is_chunk_hit = 1), 0) AS chunk_hit "
            "FROM single_jump_result WHERE task_id = %s",
            (round_row["single_jump_task_id"],),
        )[0]
        database.execute(
            "UPDATE loop_round SET generated = %s, approved = %s, duplicates = %s, tested = %s, recalled = "
            "%s, "
            "file_hit = %s, chunk_hit = %s WHERE id = %s",
            (
                *(questions["generated"], questions["approved"], questions["duplicates"], tests["tested"]),
                *(tests["recalled"], tests["file_hit"], tests["chunk_hit"], round_row["id"]),
            ),
        )
        database.execute(
            "UPDATE qa_gen_task SET approved = %s WHERE id = %s",
            (questions["approved"], round_row["qa_gen_task_id"]),
        )
        database.execute(
            "UPDATE single_jump_task SET progress = %s WHERE id = %s",
            (tests["tested"], round_row["single_jump_task_id"]),
        )
        undecided = database.query(
            "SELECT COUNT(*) AS number FROM loop_pair WHERE loop_round_id = %s", (round_row["id"],)
        )[0]["number"]
        return Counts(
            generated=int(questions["generated"]),
            to_judge=int(questions["to_judge"]),
            passed=len(self.passed(database, round_row)),
            undecided=int(undecided),
            approved=int(questions["approved"]),
        )

    def passed(self, database: MySQLDatabase, round_row: Row) -> Sequence[Row]:
        """The round's questions that a judge passed, in the order in which they are to be kept: by turns of
        the chunks.
        """
        rows = database.query(
            "SELECT question.id, question.seq, question.question, question.reference_answer, "
            "question.normal, "
            "question.id_loop_chunk, question.status, question.quality_detail, question.embedding_model "
            "FROM qa_gen_question AS question JOIN qa_gen_task AS job ON job.id = question.task_id "
            f"WHERE question.task_id = %s AND question.status_id = {RowStatus.DONE:d} AND question.status <> "
            "%s "
            "AND question.quality_score >= job.quality_threshold ORDER BY question.seq",
            (round_row["qa_gen_task_id"], QuestionStatus.REJECTED),
        )
        turns: dict[int, int] = {}
        keyed = []
        for row in rows:
            turn = turns[row["id_loop_chunk"]] = turns.get(row["id_loop_chunk"], -1) + 1
            keyed.append((turn, row["seq"], row))
        return [row for _, _, row in sorted(keyed, key=lambda item: item[:2])]

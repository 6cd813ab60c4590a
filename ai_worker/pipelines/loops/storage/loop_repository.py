"""The queries of `loop_task`: creating, reading, pausing, resuming, ending."""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.pipelines.loops.statuses import LoopStatus
from ai_worker.pipelines.loops.storage.columns import LOOP, selected
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row

NOW = "UTC_TIMESTAMP(6)"


class LoopRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def insert(self, database: MySQLDatabase, columns: Mapping[str, Any]) -> None:
        """Insert a loop, created now."""
        names = ", ".join(columns)
        marks = ", ".join(["%s"] * len(columns))
        database.execute(
            f"INSERT INTO loop_task ({names}, created_at) VALUES ({marks}, {NOW})", list(columns.values())
        )

    def page(self, page: int, page_size: int) -> tuple[int, list[Row]]:
        """The number of all loops, and those of a page, newest first."""
        # The page is chosen by the index alone; only its rows are read whole.
        rows = self._pool.query(
            f"SELECT {selected(LOOP, 'loop_task')} FROM loop_task JOIN (SELECT seq FROM loop_task "
            "ORDER BY created_at DESC, seq DESC LIMIT %s OFFSET %s) AS chosen USING (seq) "
            "ORDER BY loop_task.created_at DESC, loop_task.seq DESC",
            (page_size, (page - 1) * page_size),
        )
        return int(self._pool.query("SELECT COUNT(*) AS number FROM loop_task")[0]["number"]), rows

    def get(self, id: str) -> Row | None:
        """The columns that go out."""
        rows = self._pool.query(f"SELECT {selected(LOOP)} FROM loop_task WHERE id = %s", (id,))
        return rows[0] if rows else None

    def beginning(self, id_begins: str) -> str | None:
        """The id of the one loop whose id begins so; None: none does, or several do."""
        begins = id_begins.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        rows = self._pool.query("SELECT id FROM loop_task WHERE id LIKE %s LIMIT 2", (f"{begins}%",))
        return str(rows[0]["id"]) if len(rows) == 1 else None

    def whole(self, id: str) -> Row | None:
        """Every column, for the work on it."""
        rows = self._pool.query("SELECT * FROM loop_task WHERE id = %s", (id,))
        return rows[0] if rows else None

    def lock(self, database: MySQLDatabase, id: str) -> Row | None:
        """Every column, locked until the transaction ends: phases of one loop follow one another."""
        rows = database.query("SELECT * FROM loop_task WHERE id = %s FOR UPDATE", (id,))
        return rows[0] if rows else None

    def status(self, id: str) -> str | None:
        """The loop's status; None where there is no such loop."""
        rows = self._pool.query("SELECT status FROM loop_task WHERE id = %s", (id,))
        return str(rows[0]["status"]) if rows else None

    def statuses(self, ids: Sequence[str]) -> dict[str, Row]:
        """Status, concurrency, judge configuration and knowledge base of several loops, for their lanes."""
        if not ids:
            return {}
        marks = ", ".join(["%s"] * len(ids))
        rows = self._pool.query(
            "SELECT id, status, concurrency, judge_config_id, env_type, env_url, org_id, agent_id, "
            "env_key_encrypted, env_key_iv FROM loop_task "
            f"WHERE id IN ({marks})",
            list(ids),
        )
        return {row["id"]: row for row in rows}

    def pause(self, id: str, reason: str) -> bool:
        """Pause a running loop; False: it does not run."""
        return bool(
            self._pool.execute(
                f"UPDATE loop_task SET status = %s, paused_at = {NOW}, pause_reason = %s WHERE id = %s AND "
                "status = %s",
                (LoopStatus.PAUSED, reason[:190], id, LoopStatus.RUNNING),
            )
        )

    def resume(self, id: str) -> bool:
        """Let a paused loop run; False: it is not paused."""
        return bool(
            self._pool.execute(
                "UPDATE loop_task SET status = %s, paused_at = NULL, pause_reason = NULL WHERE id = %s AND "
                "status = %s",
                (LoopStatus.RUNNING, id, LoopStatus.PAUSED),
            )
        )

    def stop(self, id: str) -> bool:
        """Stop a running or paused loop for good; False: it is neither."""
        return bool(
            self._pool.execute(
                f"UPDATE loop_task SET status = %s, finished_at = {NOW} WHERE id = %s AND status IN (%s, %s)",
                (LoopStatus.STOPPED, id, LoopStatus.RUNNING, LoopStatus.PAUSED),
            )
        )

    def end(self, database: MySQLDatabase, id: str, status: LoopStatus, error: str | None) -> None:
        """End a loop that runs or is paused; one that a user stopped stays stopped."""
        database.execute(
            f"UPDATE loop_task SET status = %s, finished_at = {NOW}, error_message = %s, paused_at = NULL "
            "WHERE id = %s AND status IN (%s, %s, %s)",
            (status, error, id, LoopStatus.PENDING, LoopStatus.RUNNING, LoopStatus.PAUSED),
        )

    def set_dry_rounds(self, database: MySQLDatabase, id: str, dry_rounds: int) -> None:
        """Note how many rounds in a row brought nothing."""
        database.execute("UPDATE loop_task SET dry_rounds = %s WHERE id = %s", (dry_rounds, id))

    def recount(self, database: MySQLDatabase, id: str) -> None:
        """Set the totals from the rows of all rounds, the current one included."""
        database.execute(_RECOUNT_ROUNDS, (id, id))
        database.execute(_RECOUNT_RESULTS, (id, id))


_RECOUNT_ROUNDS = (
    "UPDATE loop_task JOIN (SELECT COALESCE(SUM(generated), 0) AS generated, COALESCE(SUM(approved), 0) AS "
    "approved, "
    "COALESCE(SUM(duplicates), 0) AS duplicates, COALESCE(SUM(tested), 0) AS tested, "
    "COALESCE(SUM(recalled), 0) AS recalled, COALESCE(SUM(file_hit), 0) AS file_hit, "
    "COALESCE(SUM(chunk_hit), 0) AS chunk_hit FROM loop_round WHERE loop_task_id = %s) AS counted "
    "SET total_generated = counted.generated, total_approved = counted.approved, "
    "total_duplicates = counted.duplicates, total_tested = counted.tested, total_recalled = "
    "counted.recalled, "
    "total_file_hit = counted.file_hit, total_chunk_hit = counted.chunk_hit WHERE loop_task.id = %s"
)
_RECOUNT_RESULTS = (
    "UPDATE loop_task JOIN (SELECT COALESCE(SUM(is_file_hit = 0 AND retrieved_count > 0), 0) AS missed, "
    "COALESCE(SUM(retrieved_count = 0), 0) AS failed FROM loop_round JOIN single_jump_result AS result "
    "ON result.task_id = loop_round.single_jump_task_id "
    "WHERE loop_round.loop_task_id = %s AND result.status_id = 1 AND result.error IS NULL) AS counted "
    "SET total_file_miss = counted.missed, total_recall_failed = counted.failed WHERE loop_task.id = %s"
)

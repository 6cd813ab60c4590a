"""The operations of users on loops: create, pause, resume, stop, delete. The same for HTTP, the command line
and the panel.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.recall.kinds import check_address
from ai_worker.pipelines.loops.rounds.advance import Rounds
from ai_worker.pipelines.loops.scan_hint import hint_resumed, hint_workers
from ai_worker.pipelines.loops.statuses import LoopStatus
from ai_worker.pipelines.loops.storage.delete_repository import DeleteRepository
from ai_worker.pipelines.loops.storage.judge_repository import JudgeRepository
from ai_worker.pipelines.loops.storage.loop_repository import LoopRepository
from ai_worker.pipelines.loops.storage.question_repository import QuestionRepository
from ai_worker.pipelines.loops.storage.round_repository import RoundRepository
from ai_worker.stores.mysql import MySQLPool, mysql, retrying


class Loops:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self.loops = LoopRepository(pool)
        self.rounds = RoundRepository(pool)
        self.questions = QuestionRepository(pool)
        self.judges = JudgeRepository(pool)
        self._advancing = Rounds(pool)
        self._deleting = DeleteRepository(pool)
        self._pool = pool

    def create(self, wanted: Mapping[str, Any], chunks: Any = ()) -> str:
        """Create a loop and begin its first round; returns its id.

        Args:
            wanted: columns of `loop_task`, and `env_key` in plain text.
            chunks: imported ones, where no server holds them.

        Raises:
            BadRequest: the address cannot be one, there is no such judge configuration, or the loop to test
                again has no approved question.
            ConfigurationError: a key is to be stored and MASTER_KEY is not set.
        """
        check_address(wanted.get("env_type", "dagent"), wanted["env_url"])
        if not self.judges.exists(wanted["judge_config_id"]):
            raise BadRequest(f"judge_config not found: {wanted['judge_config_id']}")
        columns = {name: value for name, value in wanted.items() if name != "env_key"}
        columns["env_key_encrypted"], columns["env_key_iv"] = sealed(wanted.get("env_key") or "")
        loop_id = new_id()
        loop = {**columns, "id": loop_id, "status": LoopStatus.RUNNING}
        with self._pool.connection() as database:

            def insert() -> None:
                with database.transaction():
                    self.loops.insert(database, loop)
                    self._advancing.begin_first(database, loop_id, chunks)

            retrying(insert)
        hint_workers()
        return loop_id

    def pause(self, loop_id: str, reason: str = "by a user") -> bool:
        """Pause a running loop: rows in hand end, none is started."""
        return self.loops.pause(loop_id, reason)

    def resume(self, loop_id: str) -> bool:
        """Let a paused loop run."""
        resumed = self.loops.resume(loop_id)
        if resumed:
            hint_resumed(loop_id)
        return resumed

    def stop(self, loop_id: str) -> bool:
        """End a running or paused loop for good: rows in hand end and count, the others are cancelled."""
        if not self.loops.stop(loop_id):
            return False
        self._advancing.end_current(loop_id)
        return True

    def cancel(self, loop_id: str) -> int | None:
        """End a running or paused loop now, and drop what is under way.

        Returns:
            The rows that were open; None where the loop neither runs nor is paused.
        """
        if not self.loops.stop(loop_id):
            return None
        return self._advancing.cancel_current(loop_id)

    def retry(self, loop_id: str, error_class: str | None) -> int:
        """Set the failed rows of the current phase waiting again; returns their number."""
        current = self.rounds.current(loop_id)
        if current is None or current["phase"] in ("done", "failed"):
            return 0
        return self.rounds.retry(current, error_class)

    def delete(self, loop_id: str) -> None:
        """Stop a loop and delete it with every row of it."""
        self.loops.stop(loop_id)
        self._deleting.delete(loop_id)


@lru_cache(maxsize=1)
def loops() -> Loops:
    """The loops of this process."""
    return Loops(mysql())

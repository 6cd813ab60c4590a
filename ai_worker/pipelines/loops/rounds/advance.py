"""The end of a phase: counted, decided by `state.next_step`, and the next phase's rows inserted, all in one
transaction.

Fenced by the round's own phase under the loop's lock: the second caller finds the phase changed and does
nothing.
"""

import logging
from collections.abc import Sequence

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.rounds.reasons import nothing_approved, shortfall_note
from ai_worker.pipelines.loops.rounds.state import Counts, End, LoopState, Step, next_step
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS, JobStatus, LoopStatus, Phase
from ai_worker.pipelines.loops.storage.chunk_repository import insert_chunks
from ai_worker.pipelines.loops.storage.loop_repository import LoopRepository
from ai_worker.pipelines.loops.storage.phase_rows_repository import PhaseRowsRepository
from ai_worker.pipelines.loops.storage.reasons_repository import ReasonsRepository
from ai_worker.pipelines.loops.storage.round_repository import RoundRepository
from ai_worker.pipelines.loops.storage.settle_repository import SettleRepository
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row, retrying

log = logging.getLogger(__name__)

ENDED = (Phase.DONE, Phase.FAILED)


class Rounds:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool
        self._loops = LoopRepository(pool)
        self._rounds = RoundRepository(pool)
        self._phases = PhaseRowsRepository()
        self._settling = SettleRepository()
        self._reasons = ReasonsRepository()

    def begin_first(self, database: MySQLDatabase, loop_id: str, chunks: Sequence[Chunk] = ()) -> None:
        """Begin the first round of a new loop, within the caller's transaction.

        Raises:
            BadRequest: the loop is to test another's questions again, and that has none.
        """
        loop = self._loops.lock(database, loop_id)
        if loop is None:
            return
        if chunks:
            insert_chunks(database, loop_id, chunks)
        if loop["retest_of"]:
            round_id = self._rounds.begin(database, loop, Phase.TESTING)
            self._phases.copy_questions(database, loop, round_id)
        else:
            self._phases.fetching(database, loop, self._rounds.begin(database, loop, Phase.FETCHING))

    def advance(self, round_id: str) -> bool:
        """Move a round on as far as its ended phases allow. True where it moved."""
        moved = False
        while self._once(round_id):
            moved = True
        return moved

    def end_current(self, loop_id: str) -> None:
        """Cancel what waits of an ended loop, and end its round unless rows are still in hand."""
        current = self._rounds.current(loop_id)
        if current is not None and current["phase"] not in ENDED:
            self._once(current["id"])

    def cancel_current(self, loop_id: str) -> int:
        """Cancel every open row of an ended loop, those in hand too; returns their number."""
        current = self._rounds.current(loop_id)
        if current is None or current["phase"] in ENDED:
            return 0
        with self._pool.connection() as database, database.transaction():
            cancelled = self._phases.cancel_waiting(database, current, also_in_hand=True)
        self._once(current["id"])
        return cancelled

    def fail(self, loop_id: str, reason: str) -> None:
        """Fail a loop at once: its deployment is wrong, and no further row could do better."""
        with self._pool.connection() as database:
            retrying(lambda: self._loops.end(database, loop_id, LoopStatus.FAILED, reason))
        log.warning("[Loop %s] failed: %s", loop_id, reason)
        self.end_current(loop_id)

    def _once(self, round_id: str) -> bool:
        with self._pool.connection() as database:
            return retrying(lambda: self._in_transaction(database, round_id))

    def _in_transaction(self, database: MySQLDatabase, round_id: str) -> bool:
        found = self._rounds.get(round_id)
        if found is None:
            return False
        with database.transaction():
            loop = self._loops.lock(database, found["loop_task_id"])
            current = self._rounds.lock(database, round_id)
            if loop is None or current is None or current["phase"] in ENDED:
                return False
            if loop["status"] in ENDED_LOOPS:
                return self._end_of_stopped(database, loop, current)
            return self._next(database, loop, current)

    def _next(self, database: MySQLDatabase, loop: Row, current: Row) -> bool:
        phase = Phase(current["phase"])
        ended = self._rounds.ended(database, current)
        if ended is None:
            return False
        counts = self._rounds.recount(database, current)
        state = self._state(database, loop, current)
        if phase is Phase.COMPARING or (
            phase is Phase.DEDUPLICATING and not counts.undecided and not ended.all_failed
        ):
            self._settling.settle(database, current, self._rounds.passed(database, current), state.room)
            counts = self._rounds.recount(database, current)
            state = self._state(database, loop, current)
        step = next_step(phase, ended, counts, state, retest=bool(loop["retest_of"]))
        self._rounds.move(database, current, step.phase)
        self._loops.recount(database, loop["id"])
        self._loops.set_dry_rounds(database, loop["id"], step.dry_rounds)
        if step.phase in ENDED:
            self._end_round(database, loop, current, step, counts, state.approved)
        else:
            self._phases.insert(database, loop, current, step.phase, state.room)
        log.info("[Loop %s] round %s: %s -> %s", loop["id"], current["round_number"], phase, step.phase)
        return True

    def _end_round(
        self, database: MySQLDatabase, loop: Row, current: Row, step: Step, counts: Counts, approved: int
    ) -> None:
        """Args:
        counts: of the round.
        approved: questions of the whole loop.
        """
        failed = step.end is End.FAILED
        note = "" if failed or loop["retest_of"] else self._note_losses(database, current, counts.approved)
        self._rounds.end_jobs(
            database, current, JobStatus.FAILED if failed else JobStatus.DONE, step.reason if failed else None
        )
        if step.end is End.GOES_ON:
            again = self._loops.lock(database, loop["id"])
            if again is not None:
                self._begin_next(database, again)
            return
        # A loop without a question is done, and yet a user asks why.
        reason = f"{note}; {step.reason}" if note and not approved else None
        self._loops.end(database, loop["id"], LoopStatus(step.end.value), step.reason if failed else reason)
        log.info("[Loop %s] %s: %s", loop["id"], step.end.value, step.reason)

    def _note_losses(self, database: MySQLDatabase, current: Row, approved: int) -> str:
        """Note what a round lacks, if anything, and return it."""
        losses = self._reasons.losses(database, current)
        nothing = "" if approved else nothing_approved(losses)
        if note := "; ".join(filter(None, (nothing, shortfall_note(losses)))):
            self._rounds.add_note(database, current["id"], note)
        return note

    def _begin_next(self, database: MySQLDatabase, loop: Row) -> None:
        round_id = self._rounds.begin(database, loop, Phase.WRITING)
        current = self._rounds.lock(database, round_id)
        if current is not None:
            self._phases.insert(
                database, loop, current, Phase.WRITING, self._state(database, loop, current).room
            )

    def _end_of_stopped(self, database: MySQLDatabase, loop: Row, current: Row) -> bool:
        self._phases.cancel_waiting(database, current)
        if self._phases.any_in_hand(database, current):
            return False
        # What the last row in hand wrote between the two statements above, such as its questions.
        self._phases.cancel_waiting(database, current)
        self._rounds.recount(database, current)
        failed = loop["status"] == LoopStatus.FAILED
        self._rounds.move(database, current, Phase.FAILED if failed else Phase.DONE)
        self._rounds.end_jobs(
            database, current, JobStatus.FAILED if failed else JobStatus.STOPPED, loop["error_message"]
        )
        self._loops.recount(database, loop["id"])
        return False

    def _state(self, database: MySQLDatabase, loop: Row, current: Row) -> LoopState:
        approved = database.query(
            "SELECT COALESCE(SUM(approved), 0) AS number FROM loop_round WHERE loop_task_id = %s",
            (loop["id"],),
        )[0]["number"]
        return LoopState(
            round_number=int(current["round_number"]),
            max_rounds=int(loop["max_rounds"]),
            max_questions=int(loop["max_questions"]),
            approved=int(approved),
            dry_rounds=int(loop["dry_rounds"]),
        )

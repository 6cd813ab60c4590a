"""The groups of rows: a round's phase, whose end inserts the rows of the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ai_worker.engine.contract.row import Claim
from ai_worker.pipelines.loops.rounds.advance import Rounds
from ai_worker.pipelines.loops.service import loops
from ai_worker.pipelines.loops.statuses import ENDED_LOOPS
from ai_worker.stores.mysql import mysql

Job = Literal["qa_gen_task", "single_jump_task"]
_ROUND_COLUMN = {"qa_gen_task": "qa_gen_task_id", "single_jump_task": "single_jump_task_id"}


@dataclass(frozen=True, slots=True)
class RoundGroups:
    """The rounds to which the rows of one kind belong.

    Args:
        job: whose `progress` counts these rows; None: no job's.
        scanned: the kind whose groups the scan looks after; one is enough for all.
    """

    job: Job | None = None
    scanned: bool = False

    def of(self, claim: Claim) -> str | None:
        """The id of the row's round."""
        round_id = claim.fields["loop_round_id"]
        return None if round_id is None else str(round_id)

    def add(self, group: str, finished: int, failed: int) -> None:
        """Add to the progress that the front end shows; the end of the phase counts the rows themselves."""
        if self.job is not None:
            loops().rounds.add_progress(self.job, _ROUND_COLUMN[self.job], group, finished + failed)

    def is_closed(self, group: str) -> bool:
        """True where the phase that the round is in has no open row, or the loop has ended: a row that was
        given back after its fault had failed the loop is cancelled then.
        """
        current = loops().rounds.get(group)
        if current is None or current["phase"] in ("done", "failed"):
            return False
        return loops().rounds.is_closed(current) or (
            loops().loops.status(current["loop_task_id"]) in ENDED_LOOPS
        )

    def close(self, group: str) -> None:
        """Move the round on."""
        Rounds(mysql()).advance(group)

    def unfinished(self) -> Iterable[str]:
        """Rounds that have not ended."""
        return loops().rounds.unfinished() if self.scanned else ()

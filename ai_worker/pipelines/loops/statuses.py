"""The words of the status columns, as the front end knows them, and the numbers of the engine's rows."""

from enum import IntEnum, StrEnum


class LoopStatus(StrEnum):
    """`loop_task.status`."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


class RoundStatus(StrEnum):
    """`loop_round.status`: the three stages that the front end labels, and the two ends."""

    GENERATING = "qa_generating"
    DEDUPLICATING = "deduplicating"
    TESTING = "testing"
    DONE = "done"
    FAILED = "failed"


class Phase(StrEnum):
    """`loop_round.phase`: the group of rows that a round waits for."""

    FETCHING = "fetching"
    WRITING = "writing"
    JUDGING = "judging"
    DEDUPLICATING = "deduplicating"
    COMPARING = "comparing"
    TESTING = "testing"
    DONE = "done"
    FAILED = "failed"


class JobStatus(StrEnum):
    """`qa_gen_task.status` and `single_jump_task.status`."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class QuestionStatus(StrEnum):
    """`qa_gen_question.status`. Pending also means: judged below the threshold. Rejected also means: a
    duplicate, `dup_of` set.
    """

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class RowStatus(IntEnum):
    """`status_id` of every table of rows of this pipeline."""

    WAITING = 0
    DONE = 1
    PROCESSING = 2
    FAILED = 3
    CANCELLED = 4


OPEN_ROWS = (RowStatus.WAITING, RowStatus.PROCESSING)
ENDED_LOOPS = (LoopStatus.STOPPED, LoopStatus.DONE, LoopStatus.FAILED)

STATUS_OF_PHASE = {
    Phase.FETCHING: RoundStatus.GENERATING,
    Phase.WRITING: RoundStatus.GENERATING,
    Phase.JUDGING: RoundStatus.GENERATING,
    Phase.DEDUPLICATING: RoundStatus.DEDUPLICATING,
    Phase.COMPARING: RoundStatus.DEDUPLICATING,
    Phase.TESTING: RoundStatus.TESTING,
    Phase.DONE: RoundStatus.DONE,
    Phase.FAILED: RoundStatus.FAILED,
}

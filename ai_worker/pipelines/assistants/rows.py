"""The pipeline's rows: messages in order by thread, each answered with its steps kept."""

from collections.abc import Sequence

from ai_worker.engine.contract.pipeline import Kind, Outcome, Pipeline
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Lane, Result
from ai_worker.engine.sources.table import Table
from ai_worker.engine.worker.checkpoints import Checkpoints
from ai_worker.kit.lane_control import LaneControl
from ai_worker.kit.row_store import table
from ai_worker.kit.warm_up import load_redaction
from ai_worker.llm.registry.catalogue import catalogued
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.assistants import lanes as admission
from ai_worker.pipelines.assistants import replies
from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.threads import repository
from ai_worker.pipelines.assistants.threads.statuses import MessageStatus
from ai_worker.pipelines.assistants.work import Surroundings, answer
from ai_worker.stores.mysql import mysql

NAME = "assistants"
MESSAGES = Table(
    name="assistant_message",
    key="id_message",
    lane="thread_id",
    due_index="assistant_message_due",
    select=(
        "item.thread_id, item.assistant_id, item.user_id, item.source, item.text, item.reply_shape,"
        " item.tokens_input, item.tokens_output, item.cost"
    ),
    pending=MessageStatus.PENDING,
    done=MessageStatus.ANSWERED,
    processing=MessageStatus.PROCESSING,
    failed=MessageStatus.ERROR,
    failed_as={"cancelled": MessageStatus.CANCELLED},
    on_done="processed_at = UTC_TIMESTAMP(6)",
    ordered=True,
    checkpoints=True,
)
STORE = table(MESSAGES)
CONTROL = LaneControl(NAME, STORE)


def _open_lanes(lanes: Sequence[Lane]) -> list[Lane]:
    return admission.open_lanes(CONTROL.open(lanes))


def _answer(claim: Claim) -> Result:
    return answer(claim, Checkpoints(ANSWER.source, claim), Surroundings.of_process())


def _on_outcome(claim: Claim, outcome: Outcome) -> None:
    if outcome in (Outcome.FINISHED, Outcome.FAILED):
        replies.answer_at_queue(int(claim.row_id))


def _progress() -> list[TaskProgress]:
    """One line for all threads: what is open, and what became of the latest messages."""
    with mysql().connection() as database:
        counts = repository.counts_by_status(database)
    named = {MessageStatus(status).name.lower(): count for status, count in counts.items()}
    found = {status: counts.get(status, 0) for status in MessageStatus}
    paused = CONTROL.paused().get(NAME)
    waits = _waits() if found[MessageStatus.PENDING] and paused is None else ""
    return [
        TaskProgress(
            pipeline=NAME,
            task="messages",
            state=f"paused: {paused}" if paused is not None else f"running{waits}",
            counts=named,
            done=found[MessageStatus.ANSWERED],
            failed=found[MessageStatus.ERROR] + found[MessageStatus.CANCELLED],
            in_flight=found[MessageStatus.PROCESSING],
            waiting=found[MessageStatus.PENDING],
        )
    ]


def _waits() -> str:
    """The reasons that close the models of assistants whose messages wait, for an operator."""
    with mysql().connection() as database:
        waiting = repository.assistants_waiting(database)
    reasons = sorted(set(admission.closed_for(waiting).values()))
    return f", some wait: {'; '.join(reasons)}" if reasons else ""


ANSWER = Kind("answer", STORE.source, _answer, _open_lanes, _on_outcome)
PIPELINE = Pipeline(
    name=NAME,
    kinds=[ANSWER],
    stores=["mysql"],
    on_scan=replies.send_left_behind,
    progress=_progress,
    control=CONTROL,
    records=lambda: [mysql_records()],
    models=catalogued,
    warm_up=lambda: load_redaction() if options().assistants_redact else None,
)

"""The work on one entry, and the steps around it: expand, ask, transfer, ask the judge."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pymongo import UpdateOne

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Effect, Result
from ai_worker.errors import NotFound, WorkError
from ai_worker.kit.attempt import Attempt
from ai_worker.llm.registry.catalogue import model_named
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.budgets import budget_of, resting, task_of
from ai_worker.pipelines.evaluations.control.fences import fenced
from ai_worker.pipelines.evaluations.control.suspension import check
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.repository import JudgeRepository
from ai_worker.pipelines.evaluations.judging.settling import settle
from ai_worker.pipelines.evaluations.judging.transfer import Transfer
from ai_worker.pipelines.evaluations.questions.asking import ask_entry
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, is_judges
from ai_worker.pipelines.evaluations.rerun.resetting import as_read
from ai_worker.pipelines.evaluations.scoring.repository import ScoreRepository
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry
from ai_worker.pipelines.evaluations.scoring.scored_entries import judged as judged_entries
from ai_worker.pipelines.evaluations.scoring.verdicts import fields_of, metric_of, own_verdict
from ai_worker.settings import settings
from ai_worker.stores.mongo import Document, StoreClock, mongo

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def repository() -> EvaluationRepository:
    """The queries of this process."""
    return EvaluationRepository(mongo(), settings().evaluation_databases)


@lru_cache(maxsize=1)
def judges() -> JudgeRepository:
    """The queries of handing answers to judges."""
    return JudgeRepository(mongo())


@lru_cache(maxsize=1)
def scores() -> ScoreRepository:
    """The queries of scores."""
    return ScoreRepository(mongo())


@lru_cache(maxsize=1)
def clock() -> StoreClock:
    """The store's time."""
    return StoreClock(mongo())


def chosen_tasks(database: str, names: Sequence[str]) -> list[str]:
    """The tasks that an operator means: those named, else all that have a queue.

    Raises:
        NotFound: one of them has no queue, or there is none.
    """
    known = repository().asked_tasks(database)
    if missing := [name for name in names if name not in known]:
        raise NotFound(
            f"there is no queue_{missing[0]} in {database}; tasks there: {', '.join(known) or 'none'}"
        )
    if not known:
        raise NotFound(f"there are no queues in {database}")
    return list(dict.fromkeys(names)) or known


def whole_entries(database: str, task: str) -> Iterator[ScoredEntry]:
    """The entries of a task's queue as they are, with their verdicts and their judges' entries."""
    for portion in scores().whole_portions(database, f"queue_{task}"):
        yield from judged_entries(scores(), database, f"queue_{task}", portion)


def answer(claim: Claim) -> Result:
    """Ask the entry's model.

    Returns:
        The fields of the entry to store, and the transfer to its judges where a judge shall read it.

    Raises:
        WorkError: no answer, or none that may be stored.
    """
    fields = _answered(claim, {})
    return Result(fields, effects=[_transfer_of(claim)] if _wants_judge(claim) else [])


def judge(claim: Claim) -> Result:
    """Ask the judge of an answer; its verdict is stored beside the answer by `score_judged`.

    Raises:
        WorkError: no judgement, or none that may be stored.
    """
    return Result(_answered(claim, {"owes_score": True} if "source_id" in claim.fields else {}))


def _answered(claim: Claim, also: Document) -> Document:
    database, queue = claim.address
    attempt = Attempt.of(
        claim,
        pipeline="evaluations",
        task=f"{database}.{task_of(queue)}",
        row=str(claim.fields["_id"]),
        redact=settings().redact_evaluations,
        records=mongo_records(database),
        budget=budget_of(database, task_of(queue)),
    )
    entry = claim.fields
    try:
        with attempt.recorded():
            check(database, task_of(queue))
            answered = ask_entry(entry, model_named(entry["model"]), attempt.context, clock().now)
    except WorkError as error:
        error.record.update(also)
        raise
    return {**answered, **also, **attempt.fields}


def keep_failure(claim: Claim, outcome: Outcome) -> None:
    """Store the verdict of an entry that was given up, so that it has one at once."""
    if outcome is not Outcome.FAILED or "source_id" in claim.fields:
        return
    database, queue = claim.address
    found = scores().whole(database, queue, [claim.fields["_id"]]).get(claim.fields["_id"])
    if found is not None and found.get("status") == "failed":
        fields = fields_of(own_verdict(found), metric_of(found), clock().now())
        scores().update(database, queue, [UpdateOne(as_read(found), {"$set": fields})])


def _transfer_of(claim: Claim) -> Effect:
    database, queue = claim.address
    return Effect("transfer", {"database": database, "queue": queue, "entry": claim.row_id})


def _wants_judge(claim: Claim) -> bool:
    """Return whether a judge shall read the answer."""
    switched_on = claim.address[0] in settings().databases_to_expand
    return claim.fields.get("metric") == RTA and switched_on


def hand_over(database: str, queue: str, entry_id: Any) -> list[Any]:
    """Make the judges' entries of an answer; returns their ids. See `Transfer.transfer`."""
    step = Transfer(judges(), Archive(mongo()), clock().now())
    return step.transfer(database, queue, entry_id)


def score_judged() -> None:
    """Store the verdicts of the judges that have answered since, beside the answers that they read."""
    for database, queue in repository().queues():
        if is_judges(queue):
            with fenced(f"{database}.{queue}"):
                settle(scores(), database, queue, clock().now())


def queue_progress() -> list[TaskProgress]:
    """The progress of each queue.

    An answer that waits for its judge counts as done, for the judge's own entry is in its own queue; and so
    does one that takes its twin's verdict, although its status is `error`.
    """
    queues = list(_statuses())
    reasons = resting((database, queue) for database, queue, *_ in queues)
    faulty = [
        _faulty(database, document)
        for database in settings().databases_to_expand
        for document in repository().tasks(database)
    ]
    return [*filter(None, faulty), *(_progress_of(*queue, reasons.get(queue[:2])) for queue in queues)]


def _statuses() -> Iterator[tuple[str, str, dict[str, int], int]]:
    for database, queue in repository().queues():
        with fenced(f"{database}.{queue}"):
            yield database, queue, *repository().statuses(database, queue)


def _faulty(database: str, document: Document) -> TaskProgress | None:
    """The progress of a task that was not expanded for its fault; None where it has none."""
    error = (repository().expansion(database, document["_id"]) or {}).get("error")
    if not error:
        return None
    name = f"{database}.tasks {document.get('task_name', document['_id'])}"
    return TaskProgress("evaluations", name, f"FAULTY ({error})", {}, 0, 0, 0, 0)


def _progress_of(
    database: str, queue: str, counts: Mapping[str, int], twins: int, rests: str | None
) -> TaskProgress:
    failed = counts.get("failed", 0) + counts.get("error", 0) - twins
    in_flight, waiting = counts.get("processing", 0), counts.get("pending", 0)
    return TaskProgress(
        pipeline="evaluations",
        task=f"{database}.{queue}",
        state=(f"PAUSED ({rests})" if rests else "IN_PROGRESS") if in_flight or waiting else "COMPLETED",
        counts=counts,
        done=sum(counts.values()) - failed - in_flight - waiting,
        failed=failed,
        in_flight=in_flight,
        waiting=waiting,
        title=_title(database, queue),
    )


def _title(database: str, queue: str) -> str:
    name = queue.removeprefix("queue_")
    judged = f", judges of {name.removeprefix('rta_')}" if name.startswith("rta_") else f", {name}"
    return database + judged

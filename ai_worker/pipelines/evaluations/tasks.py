"""The pipeline of evaluations and its Celery tasks: ids in, one service call each; chained as expand → ask →
transfer → ask the judge.
"""

import time
from collections.abc import Mapping
from typing import Any

from celery import chain, shared_task

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import RowId
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.sources.row_ids import from_message, to_message
from ai_worker.engine.worker.message import handle
from ai_worker.llm.registry.catalogue import catalogued
from ai_worker.outbound.records.mongo_records import mongo_records
from ai_worker.pipelines.evaluations import service
from ai_worker.pipelines.evaluations.budgets import open_lanes
from ai_worker.pipelines.evaluations.control.control import EvaluationControl
from ai_worker.pipelines.evaluations.control.fences import fenced, kept_apart, to_expand
from ai_worker.pipelines.evaluations.expand import expand as expand_document
from ai_worker.pipelines.evaluations.repository import entry_source, is_judges, judges_of
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo

TRANSFERS_AT_ONCE = 1000
TRANSFER_SECONDS = 5.0
"""Half the time between two sweeps of `transfer_completed`, so that these do not overlap."""

load_scorers()


def start_transfer(answered: Mapping[str, Any]) -> None:
    """Start the chain that hands an answer to its judges: the effect of an answer."""
    place = (answered["database"], answered["queue"], answered["entry"])
    chain(transfer.s(*place), ask_judge.s(answered["database"], answered["queue"])).apply_async()


ASK = Kind(
    name="ask",
    open_source=lambda: entry_source(mongo(), service.repository(), judged=False),
    work=service.answer,
    open_lanes=open_lanes,
    on_outcome=service.keep_failure,
    effects={"transfer": start_transfer},
)
JUDGE = Kind(
    name="judge",
    open_source=lambda: entry_source(mongo(), service.repository(), judged=True),
    work=service.judge,
    open_lanes=open_lanes,
)
PIPELINE = Pipeline(
    name="evaluations",
    kinds=[ASK, JUDGE],
    stores=["mongo"],
    on_scan=service.score_judged,
    progress=service.queue_progress,
    records=lambda: [mongo_records(database) for database in settings().evaluation_databases],
    control=EvaluationControl(mongo),
    models=catalogued,
)


@shared_task(name="evaluations.transfer")
def transfer(database: str, queue: str, entry: RowId) -> list[RowId]:
    """Make the judges' entries of an answer; returns their ids for `ask_judge`."""
    return [to_message(made) for made in service.hand_over(database, queue, from_message(entry))]


@shared_task(name="evaluations.ask_judge")
def ask_judge(made: list[RowId], database: str, queue: str) -> None:
    """Work the judge's entry that the transfer before has made; further judges' in Celery tasks of their
    own.
    """
    judges = (database, judges_of(queue))
    rows = JUDGE.source.reserve_rows(judges, made, settings().reserve_seconds) if made else []
    if rows[1:]:
        publish(JUDGE, rows[1:])
    for first in rows[:1]:
        handle(JUDGE, judges, first.row_id, first.token)


@shared_task(name="evaluations.expand")
def expand() -> None:
    """Fan out one Celery task for each evaluation task that has something new."""
    now = service.clock().now()
    for database in settings().databases_to_expand:
        for document in to_expand(service.repository(), database, now):
            expand_task.apply_async((database, to_message(document["_id"])), expires=60)


@shared_task(name="evaluations.expand_task")
def expand_task(database: str, task_id: RowId) -> None:
    """Insert the missing entries of one evaluation task, then have them asked."""
    repository = service.repository()
    document = repository.task(database, from_message(task_id))
    if document is None:
        return
    with kept_apart(repository, database, document):
        answers = AnswerRepository(mongo(), repository)
        if expand_document(repository, database, document, service.clock().now, answers):
            request_scan(PIPELINE)


@shared_task(name="evaluations.transfer_completed")
def transfer_completed() -> None:
    """Hand on every answer whose chain was cut: the safety net behind `ask`.

    It does so by itself, without messages: an answer whose chain still waits in the queue would get another
    one at each sweep.
    """
    deadline = time.monotonic() + TRANSFER_SECONDS
    handed = 0
    for database in settings().databases_to_expand:
        for queue in service.repository().queues_of(database):
            if not is_judges(queue):
                with fenced(f"{database}.{queue}"):
                    handed += _transfer_completed_of(database, queue, deadline)
    if handed:
        request_scan(PIPELINE)


def _transfer_completed_of(database: str, queue: str, deadline: float) -> int:
    """Hand on the queue's answers; returns how many judges' entries were made."""
    made = 0
    for entry_id in service.judges().to_transfer(database, queue, TRANSFERS_AT_ONCE):
        if time.monotonic() > deadline:
            break
        with fenced(f"{database}.{queue}"):
            made += len(service.hand_over(database, queue, entry_id))
    return made

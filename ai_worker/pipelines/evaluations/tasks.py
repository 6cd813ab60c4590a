"""The Celery tasks of evaluations: ids in, one service call each; chained as expand → ask → transfer → ask
the judge.
"""

from typing import Any

from celery import chain, shared_task

from ai_worker.engine.contract.pipeline import Pipeline, register
from ai_worker.engine.contract.row import RowId
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.dispatch.scan import scan as scan_pipeline
from ai_worker.engine.sources.collection_source import from_message, to_message
from ai_worker.engine.worker.message import handle
from ai_worker.pipelines.evaluations import service
from ai_worker.pipelines.evaluations.budgets import open_lanes
from ai_worker.pipelines.evaluations.control.fences import fenced, kept_apart, to_expand
from ai_worker.pipelines.evaluations.expand import expand as expand_document
from ai_worker.pipelines.evaluations.repository import entry_source, is_judges
from ai_worker.pipelines.evaluations.rerun.answers import AnswerRepository
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo

TRANSFERS_PER_SCAN = 1000

load_scorers()

EVALUATIONS = register(
    Pipeline(
        name="evaluations",
        open_source=lambda: entry_source(mongo(), service.repository()),
        task="evaluations.ask",
        scan_task="evaluations.scan",
        work=service.answer,
        open_lanes=open_lanes,
        on_outcome=service.keep_failure,
        on_scan=service.score_judged,
        progress=service.queue_progress,
    )
)


@shared_task(name="evaluations.ask")
def ask(database: str, queue: str, row_id: RowId, token: str) -> None:
    """Work one reserved entry; hand its answer on to the judge where it has one."""
    done = handle(EVALUATIONS, (database, queue), row_id, token)
    if done and service.wants_judge(*done):
        chain(transfer.s(database, queue, row_id), ask_judge.s()).apply_async()


@shared_task(name="evaluations.transfer")
def transfer(database: str, queue: str, row_id: RowId) -> list[list[Any]]:
    """Make the judges' entries of an answer. Returns what `ask_judge` takes."""
    reserved = service.hand_over(database, queue, from_message(row_id))
    return [[*row.address, to_message(row.row_id), row.token] for row in reserved]


@shared_task(name="evaluations.ask_judge")
def ask_judge(reserved: list[list[Any]]) -> None:
    """Work the judge's entry that the transfer before has reserved; further judges' in further Celery tasks,
    one each.
    """
    for other in reserved[1:]:
        ask_judge.apply_async(([other],))
    for first in reserved[:1]:
        ask(*first)


@shared_task(name="evaluations.scan")
def scan() -> None:
    """Hand due entries to the workers."""
    scan_pipeline(EVALUATIONS)


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
            request_scan(EVALUATIONS)


@shared_task(name="evaluations.transfer_completed")
def transfer_completed() -> None:
    """Hand on every answer whose chain was cut: the safety net behind `ask`."""
    for database in settings().databases_to_expand:
        for queue in service.repository().queues_of(database):
            if not is_judges(queue):
                with fenced(f"{database}.{queue}"):
                    _transfer_completed_of(database, queue)


def _transfer_completed_of(database: str, queue: str) -> None:
    for entry_id in service.judges().to_transfer(database, queue, TRANSFERS_PER_SCAN):
        chain(transfer.s(database, queue, to_message(entry_id)), ask_judge.s()).apply_async(expires=60)

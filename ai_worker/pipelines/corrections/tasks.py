"""The Celery tasks of corrections: ids in, one service call each."""

import logging

from celery import shared_task

from ai_worker.engine.contract.pipeline import Pipeline, register
from ai_worker.engine.dispatch.scan import scan as scan_pipeline
from ai_worker.engine.worker.message import handle
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.control import operations
from ai_worker.settings import settings

log = logging.getLogger(__name__)

CORRECTIONS = register(
    Pipeline(
        name="corrections",
        open_source=service.items,
        task="corrections.correct",
        scan_task="corrections.scan",
        work=service.answer,
        open_lanes=service.open_lanes,
        on_outcome=service.settled,
        on_scan=service.complete_idle_tasks,
        progress=service.task_progress,
    )
)


@shared_task(name="corrections.correct")
def correct(id_task_item: int, token: str) -> None:
    """Work one reserved item."""
    handle(CORRECTIONS, (), id_task_item, token)


@shared_task(name=operations.PREVIEW_TASK)
def preview(operation_uuid: str, id_task_item: int) -> None:
    """Ask about one item of a dry run, and store nothing in its row."""
    operations.show(operation_uuid, id_task_item)


@shared_task(name="corrections.scan")
def scan() -> None:
    """Hand due items to the workers."""
    scan_pipeline(CORRECTIONS)


@shared_task(name="corrections.forget_history")
def forget_history() -> None:
    """Delete requests that are older than HISTORY_DAYS. MongoDB's go by an index of MongoDB's own."""
    if entries := mysql_records().forget_history(settings().history_days):
        log.info("%d requests older than %d days forgotten", entries, settings().history_days)

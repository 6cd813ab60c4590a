"""The pipeline of corrections and its Celery tasks: ids in, one service call each."""

import logging

from celery import shared_task

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.kit.warm_up import load_redaction
from ai_worker.outbound.records.mysql_records import mysql_records
from ai_worker.pipelines.corrections import service
from ai_worker.pipelines.corrections.control import operations
from ai_worker.pipelines.corrections.control.task_control import TaskControl
from ai_worker.pipelines.corrections.groups import TaskGroups
from ai_worker.pipelines.corrections.lanes import open_lanes
from ai_worker.pipelines.corrections.task_progress import task_progress
from ai_worker.settings import settings

log = logging.getLogger(__name__)

GROUPS = TaskGroups()
CORRECT = Kind(
    name="correct",
    open_source=service.items,
    work=service.answer,
    open_lanes=open_lanes,
    on_outcome=service.on_outcome,
    groups=GROUPS,
    label=service.label,
)
PIPELINE = Pipeline(
    name="corrections",
    kinds=[CORRECT],
    stores=["mysql"],
    progress=task_progress,
    control=TaskControl(),
    records=lambda: [mysql_records()],
    models=service.models,
    warm_up=load_redaction,
)


@shared_task(name=operations.PREVIEW_TASK)
def preview(operation_uuid: str, id_task_item: int) -> None:
    """Ask about one item of a dry run, and store nothing in its row."""
    operations.show(operation_uuid, id_task_item)


@shared_task(name="corrections.forget_history")
def forget_history() -> None:
    """Delete requests that are older than HISTORY_DAYS. MongoDB's go by an index of MongoDB's own."""
    if entries := mysql_records().forget_history(settings().history_days):
        log.info("%d requests older than %d days deleted", entries, settings().history_days)

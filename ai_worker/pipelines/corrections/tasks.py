"""The Celery tasks of corrections: ids in, one service call each."""

from celery import shared_task

from ai_worker.engine.message import handle
from ai_worker.engine.pipeline import Pipeline, register
from ai_worker.engine.scan import scan as scan_pipeline
from ai_worker.pipelines.corrections import operations, service

CORRECTIONS = register(
    Pipeline(
        name="corrections",
        open_source=service.items,
        task="corrections.correct",
        scan_task="corrections.scan",
        answer=service.answer,
        open_lanes=service.open_lanes,
        settled=service.settled,
        after_scan=service.complete_idle_tasks,
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

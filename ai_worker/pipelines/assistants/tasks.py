"""The pipeline of assistants and its Celery tasks: ids in, one service call each."""

from celery import shared_task

from ai_worker.pipelines.assistants import collecting
from ai_worker.pipelines.assistants.rows import PIPELINE

__all__ = ["PIPELINE", "collect"]


@shared_task(name="assistants.collect")
def collect() -> None:
    """Make rows of what waits in the seed's queue, and of reminders whose time has come."""
    collecting.collect()

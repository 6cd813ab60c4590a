"""Handing reserved rows to workers: one Celery task each, a batch over one producer connection."""

from collections.abc import Sequence

from celery import current_app

from ai_worker.engine.pipeline import Pipeline
from ai_worker.engine.row import Reserved
from ai_worker.engine.source import LOST_TO_QUARANTINE

QUARANTINE = "quarantine"


def publish(pipeline: Pipeline, rows: Sequence[Reserved]) -> None:
    """Publish the pipeline's task for each row. Rows whose owners keep vanishing go to the quarantine queue.

    Raises:
        kombu.exceptions.OperationalError: the broker is away; rows not published come due again when their reservation ends.
    """
    task = current_app.tasks[pipeline.task]
    with current_app.producer_pool.acquire(block=True) as producer:
        for row in rows:
            queue = QUARANTINE if row.lost >= LOST_TO_QUARANTINE else pipeline.name
            task.apply_async((*row.address, row.row_id, row.token), producer=producer, queue=queue)

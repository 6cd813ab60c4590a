"""The Celery tasks of reviews."""

from celery import shared_task

from ai_worker.engine.contract.pipeline import Pipeline, register
from ai_worker.engine.contract.row import RowId
from ai_worker.engine.dispatch.scan import scan as scan_pipeline
from ai_worker.engine.worker.message import handle
from ai_worker.pipelines.reviews import service

REVIEWS = register(
    Pipeline(
        name="reviews",
        open_source=service.source,
        task="reviews.classify",
        scan_task="reviews.scan",
        work=service.answer,
    )
)


@shared_task(name="reviews.classify")
def classify(database: str, collection: str, row_id: RowId, token: str) -> None:
    """Work one reserved review."""
    handle(REVIEWS, (database, collection), row_id, token)


@shared_task(name="reviews.scan")
def scan() -> None:
    """Hand due reviews to the workers."""
    scan_pipeline(REVIEWS)

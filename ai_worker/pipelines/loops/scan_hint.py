"""Hints to the workers that a loop has rows for them now."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.sources.table_rows import HERE
from ai_worker.pipelines import load
from ai_worker.settings import settings

log = logging.getLogger(__name__)


def hint_workers() -> None:
    """Have the rows looked at now. The rows are the truth: it only saves the wait for the next scan."""
    pipeline = load("loops")
    if not settings().redis_url or pipeline.scan_task not in current_app.tasks:
        return
    try:
        request_scan(pipeline)
    except OperationalError as fault:
        log.warning("the broker does not answer, the rows are found at the next scan: %s", fault)


def hint_resumed(loop_id: str) -> None:
    """Have the rows looked at now that were handed out before a pause: where every process was killed
    meanwhile, their messages and their owners are gone, and they would wait for the end of their reservation
    or lease.
    """
    lane = [Lane(HERE, loop_id)]
    for kind in load("loops").kinds:
        source = kind.open_source()
        source.end_leases_of_the_gone(lane)
        source.requeue(lane, settings().reserve_seconds)
    hint_workers()

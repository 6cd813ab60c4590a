"""The Celery tasks of pipelines: one for each kind of rows, one that scans, one that keeps up."""

import logging
from collections.abc import Callable
from typing import Any

from celery import Celery, Task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.dispatch.scan import scan
from ai_worker.engine.worker.message import handle
from ai_worker.engine.worker.upkeep import keep_up
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)


class RowTask(Task):
    """The Celery task of one kind of rows, with the attempts and back-off of kinds that `celery_config.py`
    does not name. `engine/worker/retry.py` reads them; Celery's own retries are not used.

    `RowRequest` sends the events of a sample, in place of Celery's events of all.
    """

    abstract = True
    max_retries = 5
    retry_backoff = 2
    retry_backoff_max = 600
    Request = "ai_worker.engine.broker.row_request:RowRequest"
    send_events = False


def bind(app: Celery, pipeline: Pipeline) -> None:
    """Make the pipeline's Celery tasks."""
    for kind in pipeline.kinds:
        _bind_kind(app, kind)

    @app.task(name=pipeline.scan_task)
    def scan_now() -> None:
        _or_later(f"the scan of {pipeline.name}", lambda: scan(pipeline))

    @app.task(name=f"{pipeline.name}.keep_up")
    def keep_up_now() -> None:
        _or_later(f"the upkeep of {pipeline.name}", lambda: keep_up(pipeline))


def _or_later(what: str, do: Callable[[], object]) -> None:
    """Do what beat asks for again in a moment; while a store is away that is one line, not a traceback each
    time.
    """
    try:
        do()
    except (StoreUnavailable, RedisError, OperationalError) as fault:
        outage(log, fault, f"{what} is tried again within {settings().scan_seconds:.0f} s")


def _bind_kind(app: Celery, kind: Kind) -> None:
    @app.task(name=kind.task, base=RowTask)
    def work_row(*message: Any) -> str | None:
        """Work a row; the outcome goes into its event, and nowhere else."""
        *address, row_id, token = message
        done = handle(kind, tuple(address), row_id, token)
        return None if done is None else done[1].value

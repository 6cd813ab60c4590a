"""A worker's start: rows in the hands of processes of this machine that were killed are worked again at once,
and with them those whose messages these had taken. No row waits for the end of their leases.
"""

import logging
import threading
from typing import Any

from celery.signals import worker_ready
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import PIPELINES, Pipeline
from ai_worker.engine.dispatch.queues import waiting
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)


@worker_ready.connect  # type: ignore[untyped-decorator]
def _started(**_: Any) -> None:
    # Beside the start: a store that is away holds no worker back.
    threading.Thread(target=_take_over_all, name="fresh-start", daemon=True).start()


def _take_over_all() -> None:
    names = settings().pipeline_names
    for pipeline in [PIPELINES[name] for name in names if name in PIPELINES]:
        try:
            take_over(pipeline)
        except (StoreUnavailable, RedisError, OperationalError) as fault:
            outage(log, fault, f"rows of {pipeline.name} that a killed worker held wait for their leases")


def take_over(pipeline: Pipeline) -> int:
    """Have rows of killed owners worked again now; returns their number."""
    ended = sum(kind.source.end_leases_of_the_gone(kind.source.lanes()) for kind in pipeline.kinds)
    if not waiting(pipeline):
        for kind in pipeline.kinds:
            ended += kind.source.requeue(kind.source.lanes(), settings().reserve_seconds)
    if ended:
        log.info("[FETCH] %s: %d rows of killed workers are worked again", pipeline.name, ended)
        request_scan(pipeline)
    return ended

"""Scanning: scans of one pipeline take turns; each tops up the pipeline's prefetch window."""

import logging
import time
from contextlib import suppress
from enum import Enum, auto
from typing import Any

from celery import current_app
from redis.exceptions import LockNotOwnedError

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.counting import count_scan
from ai_worker.engine.dispatch import after_outage, drain
from ai_worker.engine.dispatch.prefetch_window import FIRST
from ai_worker.engine.dispatch.queues import waiting
from ai_worker.engine.dispatch.top_up import top_up
from ai_worker.engine.dispatch.window_store import KNOWN_SECONDS, key
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)

TURN_SECONDS = 5
"""The longest that a killed scanner keeps others out."""
MESSAGE_SECONDS = 60
"""A scan message that waited longer is dropped: the beat has sent newer ones."""
REQUEST_MILLISECONDS = 250
"""A requested scan that has not begun by then may be requested again."""
SHORTEST_REST_SECONDS = 0.02
"""After a scan. A pipeline whose lanes are full is scanned as its rows end, for at most half the time."""


def scan(pipeline: Pipeline) -> int:
    """Top up the pipeline's window. A scan that is requested while another one runs is done by that one.

    Returns:
        The number of rows published.
    """
    if drain.asked() or after_outage.rests(pipeline):
        return 0
    redis = broker_redis()
    asked = key("asked", pipeline)
    lock = redis.lock(key("lock", pipeline), timeout=TURN_SECONDS, blocking=False)
    redis.set(asked, 1, ex=KNOWN_SECONDS)
    published = 0
    while redis.exists(asked) and lock.acquire():
        try:
            redis.delete(asked)
            started = time.monotonic()
            published += top_up(pipeline)
            count_scan(pipeline.name)
            rest = max(SHORTEST_REST_SECONDS, time.monotonic() - started)
            redis.set(key("requested", pipeline), 1, px=int(rest * 1000))
        except StoreUnavailable as fault:
            # One line, and no traceback from each scan: the next scan tries again.
            after_outage.note(pipeline)
            outage(log, fault, f"{pipeline.name} is scanned again within {settings().scan_seconds:.0f} s")
            break
        finally:
            # A scan that outlasted its lock did no harm: reservations are atomic, the lock only saves work.
            with suppress(LockNotOwnedError):
                lock.release()
    return published


def request_scan(pipeline: Pipeline) -> None:
    """Have the pipeline scanned now, by whichever scan worker is free."""
    current_app.tasks[pipeline.scan_task].apply_async(expires=MESSAGE_SECONDS)


def resume_dispatch(pipeline: Pipeline) -> None:
    """Have the pipeline scanned after it stood still, with the rows first that are reserved already."""
    for kind in pipeline.kinds:
        lanes = kind.source.lanes()
        kind.source.end_leases_of_the_gone(lanes)
        kind.source.requeue(lanes, settings().reserve_seconds)
    request_scan(pipeline)


class Refill(Enum):
    """The result of a look at a window."""

    NOT_NEEDED = auto()
    REQUESTED = auto()
    TOO_EARLY = auto()
    """A scan was requested or ended a moment ago, perhaps before there was anything for it."""


def refill(pipeline: Pipeline, some_are_due: bool = False) -> Refill:
    """Have the pipeline scanned if its window runs low and the last scan left rows behind. Cheap enough to
    call often.

    Args:
        some_are_due: rows have come due since the last scan, or are about to.
    """
    low: Any = broker_redis().get(key("more", pipeline))
    if low is None and some_are_due:
        low = FIRST // 2
    if low is None or waiting(pipeline) >= int(low):
        return Refill.NOT_NEEDED
    if not broker_redis().set(key("requested", pipeline), 1, nx=True, px=REQUEST_MILLISECONDS):
        return Refill.TOO_EARLY
    request_scan(pipeline)
    return Refill.REQUESTED

"""Scanning: reserve what is due, fairly over the lanes, as far as the window has capacity, and publish it."""

import json
import logging
from contextlib import suppress
from dataclasses import asdict

from celery import current_app
from redis.exceptions import LockNotOwnedError

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.dispatch import drain
from ai_worker.engine.dispatch.fair_share import fair_share
from ai_worker.engine.dispatch.prefetch_window import FIRST, PrefetchWindow
from ai_worker.engine.dispatch.publish import publish
from ai_worker.settings import settings
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)

KNOWN_SECONDS = 60
TURN_SECONDS = 5
"""That a scanner keeps others out, at the most: so long its pipeline stands still when it is killed."""
BATCH = 500
MESSAGE_SECONDS = 60
"""A scan message that waited longer is dropped: the beat has sent newer ones."""
REQUEST_PAUSE_MILLISECONDS = 50


def scan(pipeline: Pipeline) -> int:
    """Top up the pipeline's window. Scans of one pipeline take turns; one asked for meanwhile is done by
    whoever
    is at it.

    Returns:
        How many rows were published.
    """
    if drain.asked():
        return 0
    redis = broker_redis()
    asked = _key("asked", pipeline)
    lock = redis.lock(_key("lock", pipeline), timeout=TURN_SECONDS, blocking=False)
    redis.set(asked, 1, ex=KNOWN_SECONDS)
    published = 0
    while redis.exists(asked) and lock.acquire():
        try:
            redis.delete(asked)
            published += _top_up(pipeline)
        finally:
            # A scan that outlasted its lock did no harm: reservations are atomic, the lock only saves work.
            with suppress(LockNotOwnedError):
                lock.release()
    return published


def _top_up(pipeline: Pipeline) -> int:
    source = pipeline.source
    queued = waiting(pipeline)
    lanes = list(pipeline.open_lanes(source.lanes()))
    if not queued and (
        requeued := source.requeue(lanes, settings().reserve_seconds - settings().lease_seconds)
    ):
        log.info(
            "[FETCH] %s: %d rows requeued, whose messages are lost or long in a worker's hands",
            pipeline.name,
            requeued,
        )
    held = dict(source.in_flight(lanes))
    window = _window(pipeline, queued, in_hands=max(0, sum(held.values()) - queued))
    capacity = window.size - queued
    published = 0
    while capacity > 0 and held:
        shares = fair_share(capacity, held, {lane: lane.cap for lane in held})
        if not shares:
            break
        # A lane that may hold few rows is not to wait behind one that may hold many.
        for lane, capacity in sorted(shares.items(), key=lambda item: item[1]):
            rows = _reserve_and_publish(pipeline, lane, min(capacity, BATCH))
            published += rows
            capacity -= rows
            held[lane] += rows
            if rows < min(capacity, BATCH):
                del held[lane]
    _remember(pipeline, window.after(published, more=bool(held)))
    if pipeline.on_scan:
        pipeline.on_scan()
    if published:
        log.info("[FETCH] %s: %d rows handed to the workers", pipeline.name, published)
    return published


def _reserve_and_publish(pipeline: Pipeline, lane: Lane, limit: int) -> int:
    rows = pipeline.source.reserve(lane, limit, settings().reserve_seconds)
    if rows:
        publish(pipeline, rows)
    return len(rows)


def waiting(pipeline: Pipeline) -> int:
    """How many of the pipeline's rows wait in the broker's queue."""
    return int(broker_redis().llen(pipeline.name))


def _window(pipeline: Pipeline, queued: int, in_hands: int) -> PrefetchWindow:
    with broker_redis().pipeline(transaction=False) as pipe:
        pipe.get(_key("window", pipeline))
        pipe.time()
        known, (seconds, microseconds) = pipe.execute()
    now = seconds + microseconds / 1e6
    window = (
        PrefetchWindow(**json.loads(known))
        if known
        else PrefetchWindow(FIRST, published=queued, marked_at=now)
    )
    return window.seen(queued, in_hands, now, settings().queue_depth, settings().scan_seconds)


def _remember(pipeline: Pipeline, window: PrefetchWindow) -> None:
    with broker_redis().pipeline() as pipe:
        pipe.set(_key("window", pipeline), json.dumps(asdict(window)), ex=KNOWN_SECONDS)
        if window.more:
            pipe.set(_key("more", pipeline), window.low, ex=KNOWN_SECONDS)
        else:
            pipe.delete(_key("more", pipeline))
        pipe.execute()


def request_scan(pipeline: Pipeline) -> None:
    """Have the pipeline scanned now, by whichever scan worker is free."""
    current_app.tasks[pipeline.scan_task].apply_async(expires=MESSAGE_SECONDS)


def resume_dispatch(pipeline: Pipeline) -> None:
    """Have the pipeline scanned after it stood still, with the rows first that are reserved already."""
    pipeline.source.requeue(pipeline.source.lanes(), settings().reserve_seconds)
    request_scan(pipeline)


def refill(pipeline: Pipeline, some_are_due: bool = False) -> bool:
    """Have the pipeline scanned if its window runs low and the last scan left rows behind. Cheap enough to
    call
    often.

    Args:
        some_are_due: rows have come due since the last scan, or are about to.

    Returns:
        Whether that will do; False where somebody has had it scanned a moment ago, which may have been too
        early.
    """
    with broker_redis().pipeline(transaction=False) as pipe:
        pipe.llen(pipeline.name)
        pipe.get(_key("more", pipeline))
        rows, low = pipe.execute()
    if low is None and some_are_due:
        low = FIRST // 2
    if low is None or rows >= int(low):
        return True
    if not broker_redis().set(_key("requested", pipeline), 1, nx=True, px=REQUEST_PAUSE_MILLISECONDS):
        return False
    request_scan(pipeline)
    return True


def _key(name: str, pipeline: Pipeline) -> str:
    return f"ai_worker:scan:{name}:{pipeline.name}"

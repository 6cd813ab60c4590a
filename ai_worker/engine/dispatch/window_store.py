"""The prefetch windows in the broker's Redis, where scanners of all processes find them."""

import json
import time
from dataclasses import asdict
from typing import Any

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.dispatch.prefetch_window import FIRST, PrefetchWindow
from ai_worker.settings import settings
from ai_worker.stores.redis import broker_redis

KNOWN_SECONDS = 60


def load(pipeline: Pipeline, queued: int, in_hands: int) -> PrefetchWindow:
    """The window now.

    Args:
        queued: rows that wait in the broker.
        in_hands: rows that workers have begun.
    """
    with broker_redis().pipeline(transaction=False) as pipe:
        pipe.get(key("window", pipeline))
        pipe.time()
        known, (seconds, microseconds) = pipe.execute()
    now = seconds + microseconds / 1e6
    first = PrefetchWindow(FIRST, published=queued, marked_at=now)
    window = PrefetchWindow(**json.loads(known)) if known else first
    return window.seen(queued, in_hands, now, settings().queue_depth, settings().scan_seconds)


def save(pipeline: Pipeline, window: PrefetchWindow) -> None:
    """Keep the window for the next scan, and for `refill` whether the last scan left rows behind."""
    with broker_redis().pipeline() as pipe:
        pipe.set(key("window", pipeline), json.dumps(asdict(window)), ex=KNOWN_SECONDS)
        if window.more:
            pipe.set(key("more", pipeline), window.low, ex=KNOWN_SECONDS)
        else:
            pipe.delete(key("more", pipeline))
        pipe.set(key("scanned", pipeline), time.time())
        pipe.execute()


def scanned_at(pipeline: Pipeline) -> float | None:
    """The end of the pipeline's last scan, seconds since 1970 by the clock of its scanner; None: never."""
    found: Any = broker_redis().get(key("scanned", pipeline))
    return None if found is None else float(found)


def key(name: str, pipeline: Pipeline) -> str:
    """The Redis key of one fact about a pipeline's scans."""
    return f"ai_worker:scan:{name}:{pipeline.name}"

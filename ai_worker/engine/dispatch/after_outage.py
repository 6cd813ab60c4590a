"""A short rest of the scans after an outage of their store: owners that hold answers write these first,
though their leases have ended meanwhile. Without it a scan would take those rows for lost and have them asked
again.
"""

import logging

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.dispatch.window_store import key
from ai_worker.errors import StoreUnavailable
from ai_worker.stores.outage_log import outage
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)

REST_SECONDS = 5.0
"""Longer than the pause between two tries of an owner (`engine/worker/holding.py`)."""
KNOWN_SECONDS = 24 * 3600


def note(pipeline: Pipeline) -> None:
    """Note that the pipeline's store did not answer, or refused to write."""
    broker_redis().set(key("outage", pipeline), 1, ex=KNOWN_SECONDS)


def rests(pipeline: Pipeline) -> bool:
    """Decide if this scan leaves the pipeline's rows alone.

    The rest begins when the store takes writes again, which the first scan after an outage tries by one that
    changes nothing.
    """
    redis = broker_redis()
    if redis.exists(key("rest", pipeline)):
        return True
    if not redis.exists(key("outage", pipeline)):
        return False
    try:
        for kind in pipeline.kinds:
            kind.source.requeue(kind.source.lanes()[:1], 0.0)
    except StoreUnavailable as fault:
        outage(log, fault, f"{pipeline.name} is not scanned until its store is back")
        return True
    redis.set(key("rest", pipeline), 1, px=int(REST_SECONDS * 1000))
    redis.delete(key("outage", pipeline))
    log.warning("%s: the store is back, scans rest for %.0f s", pipeline.name, REST_SECONDS)
    return True

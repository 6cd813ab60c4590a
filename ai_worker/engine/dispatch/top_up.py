"""One scan: reserve what is due, fairly over the lanes of all kinds, as far as the window has capacity, and
publish it; rows of a higher priority first, whatever waits in the broker.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Lane
from ai_worker.engine.dispatch.fair_share import fair_share
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.dispatch.queues import waiting, waiting_from
from ai_worker.engine.dispatch.window_store import load, save
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings

log = logging.getLogger(__name__)

BATCH = 500

Held = dict[tuple[Kind, Lane], int]
"""Rows that each open lane holds already, reserved or processing."""


def top_up(pipeline: Pipeline) -> int:
    """Fill the pipeline's window once. Returns the number of rows published."""
    queued = waiting(pipeline)
    open_lanes = {kind: list(kind.open_lanes(kind.source.lanes())) for kind in pipeline.kinds}
    if not queued:
        _requeue(pipeline, open_lanes)
    held: Held = {
        (kind, lane): count
        for kind, lanes in open_lanes.items()
        for lane, count in kind.source.in_flight(lanes).items()
    }
    window = load(pipeline, queued, in_hands=max(0, sum(held.values()) - queued))
    published, more = 0, False
    used: Counter[str] = Counter()
    for priority, of_priority in _by_priority(held):
        # A late row of a higher priority waits behind no row of a lower one.
        capacity = window.size - (waiting_from(pipeline, priority) if priority else queued)
        for (_, lane), count in of_priority.items():
            if lane.pool:
                used[lane.pool.key] += count
        published += _hand_out(of_priority, capacity, used)
        more = more or bool(of_priority)
    save(pipeline, window.after(published, more=more))
    if published:
        log.info("[FETCH] %s: %d rows handed to the workers", pipeline.name, published)
    return published


def _requeue(pipeline: Pipeline, open_lanes: dict[Kind, list[Lane]]) -> None:
    """Nothing waits in the broker: reservations that last much longer belong to lost messages."""
    seconds = settings().reserve_seconds - settings().lease_seconds
    if requeued := sum(kind.source.requeue(lanes, seconds) for kind, lanes in open_lanes.items()):
        lost = "whose messages are lost or long in a worker's hands"
        log.info("[FETCH] %s: %d rows requeued, %s", pipeline.name, requeued, lost)


def _by_priority(held: Held) -> Iterator[tuple[int, Held]]:
    for priority in sorted({lane.priority for _, lane in held}, reverse=True):
        yield priority, {key: count for key, count in held.items() if key[1].priority == priority}


def _hand_out(held: Held, capacity: int, used: Counter[str]) -> int:
    """Reserve and publish up to `capacity` rows. Leaves in `held` the lanes that may have more, and counts in
    `used` the rows of each pool.
    """
    published = 0
    while capacity > 0 and held:
        shares = _shares(capacity, held, used)
        if not shares:
            break
        # A lane that may hold few rows is not to wait behind one that may hold many.
        for key, count in sorted(shares.items(), key=lambda item: item[1]):
            wanted = min(count, BATCH)
            rows = _reserve_and_publish(*key, wanted)
            published += rows
            capacity -= rows
            held[key] += rows
            if key[1].pool:
                used[key[1].pool.key] += rows
            if rows < wanted:
                del held[key]
    return published


def _shares(capacity: int, held: Held, used: Mapping[str, int]) -> Held:
    pools = {key: key[1].pool for key in held}
    free = {pool.key: pool.size - used[pool.key] for pool in pools.values() if pool}
    names = {key: pool.key for key, pool in pools.items() if pool}
    return fair_share(capacity, held, {key: key[1].cap for key in held}, names, free)


def _reserve_and_publish(kind: Kind, lane: Lane, limit: int) -> int:
    what = f"{kind.task}, lane {lane.value} of {'.'.join(lane.address) or 'its table'}"
    try:
        rows = kind.source.reserve(lane, limit, settings().reserve_seconds)
        kind.source.left_out.pop(what, None)
    except (StoreUnavailable, RedisError, OperationalError):
        raise
    except Exception as fault:
        # One odd lane keeps no other waiting: it is left out of this scan.
        reason = type(fault).__name__
        if kind.source.left_out.get(what) != reason:
            kind.source.left_out[what] = reason
            log.exception("[ERROR] %s cannot be reserved; it is left out, the others are reserved", what)
        return 0
    if rows:
        publish(kind, rows)
    return len(rows)

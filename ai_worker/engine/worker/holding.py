"""Steps against a store that is away: repeated, so that an outage costs waiting and not answers.

An answer that was paid for is held for as long as its store is away or refuses writes (a full disk, a
failover, a rotated password), not just for its lease: while the store is away no other worker can claim the
row either. A worker that is to end gives up after one lease.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from ai_worker.engine.broker.transport import slots
from ai_worker.errors import StoreUnavailable
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)
Value = TypeVar("Value")

PAUSE_MAX = 2.0
"""Seconds between two tries. Scanners wait for longer after an outage (`engine/dispatch/after_outage.py`), so
that the answers that are held are written first.
"""


def persistently(step: Callable[[], Value], seconds: float) -> Value:
    """Do a step against a store, again while the store is away.

    Args:
        seconds: how long the step is worth repeating.

    Raises:
        StoreUnavailable: the store was away for longer.
    """
    give_up = time.monotonic() + seconds
    return _repeated(step, lambda: time.monotonic() > give_up)


def held(step: Callable[[], Value]) -> Value:
    """Write an outcome, again while the store is away.

    Raises:
        StoreUnavailable: the store was away for `ROW_AGE_LIMIT_HOURS`, or for a lease after this worker was
            asked to end.
    """
    started = time.monotonic()

    def past() -> bool:
        waited = time.monotonic() - started
        limit = settings().lease_seconds if slots.ending else settings().row_age_limit_hours * 3600
        return waited > limit

    return _repeated(step, past)


def _repeated(step: Callable[[], Value], past: Callable[[], bool]) -> Value:
    pause = 0.1
    while True:
        try:
            return step()
        except StoreUnavailable as fault:
            if past():
                raise
            outage(log, fault, f"claims and answers in hand wait, next try in {PAUSE_MAX:.0f} s at most")
            time.sleep(pause)
            pause = min(PAUSE_MAX, pause * 2)

"""One log line per store and minute while a store is away: an outage has one cause, however many rows wait
for its end. Each process that meets one leaves a mark in Redis, so that /ready knows of a store that answers
reads and refuses writes.
"""

import logging
import threading
import time

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.settings import settings
from ai_worker.stores.redis import broker_redis

QUIET_SECONDS = 60.0
MARK_SECONDS = 15.0
"""For which a mark stands; longer than the pause between two tries of any process."""
MARK_EVERY_SECONDS = 5.0
STORES = ("mysql", "mongodb")


class OutageLog:
    """Lines that were logged of each store's outage lately.

    Args:
        quiet_seconds: between two lines about one store.
    """

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def note(self, log: logging.Logger, fault: Exception, consequence: str) -> bool:
        """Log a fault of a store, unless this store has had its line; returns whether it was logged.

        Args:
            consequence: what waits, and when it is tried next.
        """
        store = store_of(fault)
        now = time.monotonic()
        with self._lock:
            if now - self._last.get(store, -self._quiet_seconds) < self._quiet_seconds:
                self._silent[store] = self._silent.get(store, 0) + 1
                return False
            self._last[store] = now
            silent = self._silent.pop(store, 0)
        more = f" ({silent} more such faults since the last line)" if silent else ""
        log.warning("%s; %s%s", fault, consequence, more)
        return True


def store_of(fault: Exception) -> str:
    """The store that a fault is about, as /ready names it."""
    known = str(getattr(fault, "error_class", ""))
    if isinstance(fault, (RedisError, OperationalError)):
        return "broker"
    return {"mysql": "mysql", "mongo": "mongodb"}.get(known.partition("_")[0], known or type(fault).__name__)


class Marks:
    """The marks that this process leaves."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}

    def leave(self, store: str) -> None:
        """Mark a store as refusing, at most once in `MARK_EVERY_SECONDS`."""
        now = time.monotonic()
        if store not in STORES or not settings().redis_url or now < self._next.get(store, 0.0):
            return
        self._next[store] = now + MARK_EVERY_SECONDS
        try:
            broker_redis().set(_key(store), 1, px=int(MARK_SECONDS * 1000))
        except RedisError:
            return  # /ready names a broker that is away before anything else.


def refusing() -> list[str]:
    """The stores that a process has met refusing within `MARK_SECONDS`.

    Raises:
        RedisError: the broker is away.
    """
    return [store for store in STORES if broker_redis().exists(_key(store))]


def _key(store: str) -> str:
    return f"ai_worker:refuses:{store}"


_outages = OutageLog()
_marks = Marks()


def outage(log: logging.Logger, fault: Exception, consequence: str) -> bool:
    """`OutageLog.note` and `Marks.leave` for this process."""
    _marks.leave(store_of(fault))
    return _outages.note(log, fault, consequence)

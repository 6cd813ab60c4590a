"""Counters that many processes add to and one page shows: added up here, written to Redis once a second.

They lie in the limits' database as one hash. A SIGKILL loses what the last second brought; a flushed Redis
starts them at 0, which Prometheus takes for the reset that it is. While Redis is away they wait in memory.
Where a batch's answer was lost, the batch may count twice: these are for trends, and the truth is in the
rows.
"""

import json
import logging
import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from redis.exceptions import RedisError

from ai_worker.observe.metrics import Family
from ai_worker.settings import settings
from ai_worker.stores.background import Background
from ai_worker.stores.last_writes import at_end
from ai_worker.stores.outage_log import outage
from ai_worker.stores.redis import limits_redis

log = logging.getLogger(__name__)

KEY = "ai_worker:metrics"
FLUSH_SECONDS = 1.0
RETRY_SECONDS = 5.0
MOST_SERIES = 2_000
"""The counts that wait in one process: a label without a bound is a fault, and costs no endless memory."""

Field = tuple[str, tuple[str, ...], str]
"""Name of the family, values of its labels, and the part: empty, `sum`, or the number of a bucket."""
Amount = tuple[Field, float]


def counted(family: Family, labels: Sequence[str], amount: float = 1) -> Amount:
    """An amount for a counter.

    Args:
        labels: values, in the order of the family's names.
    """
    return (family.name, tuple(labels), ""), amount


def observed(family: Family, labels: Sequence[str], value: float) -> tuple[Amount, Amount]:
    """One value of a histogram: its bucket, and what is added to the sum."""
    names, bucket = (family.name, tuple(labels)), str(bisect_left(family.buckets, value))
    return ((*names, bucket), 1), ((*names, "sum"), value)


class SharedCounters:
    """The counts that this process has still to add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._waiting: Counter[Field] = Counter()
        self._flusher = Background("metrics", self._run)

    def count(self, family: Family, labels: Sequence[str], amount: float = 1) -> None:
        """Add to a counter. Never waits for Redis, never raises.

        Args:
            labels: values, in the order of the family's names.
        """
        self.add([counted(family, labels, amount)])

    def observe(self, family: Family, labels: Sequence[str], value: float) -> None:
        """Add one value to a histogram."""
        self.add(observed(family, labels, value))

    def flush(self) -> bool:
        """Write what waits; returns False where Redis is away, and it waits on."""
        with self._lock:
            taken, self._waiting = self._waiting, Counter()
        if not taken:
            return True
        try:
            with limits_redis().pipeline(transaction=False) as pipe:
                for field, amount in taken.items():
                    pipe.hincrbyfloat(KEY, json.dumps(field), float(amount))
                pipe.execute()
        except RedisError as fault:
            outage(log, fault, "metrics wait in memory")
            with self._lock:
                self._waiting.update(taken)
            return False
        return True

    def add(self, amounts: Sequence[Amount]) -> None:
        """Add several amounts at once, as `counted` and `observed` make them."""
        if not (settings().redis_url or settings().limits_redis_url):
            return
        with self._lock:
            for field, amount in amounts:
                if field in self._waiting or len(self._waiting) < MOST_SERIES:
                    self._waiting[field] += amount  # type: ignore[assignment]
        self._flusher.need()
        if not self._wake.is_set():
            self._wake.set()

    def _run(self) -> None:
        pause = threading.Event()
        while self._wake.wait():
            pause.wait(FLUSH_SECONDS)
            self._wake.clear()
            with self._flusher.turn():
                written = self.flush()
            if not written:
                pause.wait(RETRY_SECONDS)
                self._wake.set()


def shared_counters() -> SharedCounters:
    """The counters of this process; a forked child has its own."""
    return _counters(os.getpid())


@lru_cache(maxsize=1)
def _counters(process_id: int) -> SharedCounters:
    made = SharedCounters()
    at_end(made.flush)
    return made


def read_counters() -> dict[Field, float]:
    """All that all processes have added.

    Raises:
        RedisError: Redis is away.
    """
    found: dict[Field, float] = {}
    stored: dict[str, str] = limits_redis().hgetall(KEY)  # type: ignore[assignment]
    for text, amount in stored.items():
        name, labels, part = json.loads(text)
        found[name, tuple(labels), part] = float(amount)
    return found

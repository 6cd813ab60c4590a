"""Values that cost something to get and are asked for again and again."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)
Value = TypeVar("Value")

SHARE = 0.02
FAILURE_SECONDS = 2.0
LONGEST_SECONDS = 60.0
"""However slow getting a value was: a store that answered after 20 s once is asked again within a minute."""


def _never(value: object) -> bool:
    return False


class Sampled(Generic[Value]):
    """A value got anew only so often that getting it takes at most `SHARE` of the time, however many ask.

    So what is cheap is fresh to the second, and what takes 200 ms is got every 10 s. A failure is kept for
    `FAILURE_SECONDS` however long it took, so that callers who wait together for a store that is away all
    get it at once, and the first one after its return gets the value.

    Args:
        get: gets it.
        seconds: the shortest time for which a value is kept.
        failed: tells a value that reports a failure, and is kept as shortly as one that is raised.
    """

    def __init__(
        self, get: Callable[[], Value], seconds: float = 1.0, failed: Callable[[Value], bool] = _never
    ) -> None:
        self._get = get
        self._seconds = seconds
        self._failed = failed
        self._lock = threading.Lock()
        self._had: tuple[Value] | Exception = LookupError("not had yet")
        self._until = 0.0

    def value(self) -> Value:
        """The value. While one thread gets a new one, others are given the old one, if there is one.

        Raises:
            Exception: what getting it raised.
        """
        had = self._had
        if not self._fresh() and self._lock.acquire(blocking=not isinstance(had, tuple)):
            try:
                had = self._had if self._fresh() else self._anew()
            finally:
                self._lock.release()
        if isinstance(had, tuple):
            return had[0]
        raise had

    def forget(self) -> None:
        """Have it got anew at the next asking."""
        self._until = 0.0

    def _fresh(self) -> bool:
        return time.monotonic() < self._until

    def _anew(self) -> tuple[Value] | Exception:
        started = time.monotonic()
        try:
            self._had = (self._get(),)
        except Exception as fault:  # noqa: BLE001 - kept, and raised by `value` wherever it is awaited
            self._had = fault
            self._until = time.monotonic() + FAILURE_SECONDS
            return self._had
        ended = time.monotonic()
        longest = min(LONGEST_SECONDS, (ended - started) / SHARE)
        self._until = ended + (FAILURE_SECONDS if self._failed(self._had[0]) else max(self._seconds, longest))
        return self._had


class Behind(Generic[Value]):
    """A value that is got in a thread of its own, for pages that may not wait for it.

    Args:
        get: gets it; what it raises is logged, and the value is then unknown.
        seconds: for how long a value counts.
    """

    def __init__(self, get: Callable[[], Value], seconds: float = 5.0) -> None:
        self._get = get
        self._seconds = seconds
        self._lock = threading.Lock()
        self._had: Value | None = None
        self._until = 0.0
        self._under_way = False

    def latest(self) -> Value | None:
        """The value as it was last got; None before the first one and after a failure."""
        with self._lock:
            if time.monotonic() >= self._until and not self._under_way:
                threading.Thread(target=self._anew, name="behind", daemon=True).start()
                self._under_way = True
            return self._had

    def _anew(self) -> None:
        started = time.monotonic()
        had: Value | None = None
        try:
            had = self._get()
        except Exception as fault:  # noqa: BLE001 - pages show that it is not known; the next asking tries again
            log.warning("a value is not known: %s: %s", type(fault).__name__, fault)
        ended = time.monotonic()
        with self._lock:
            self._had = had
            self._until = ended + max(self._seconds, min(LONGEST_SECONDS, (ended - started) / SHARE))
            self._under_way = False

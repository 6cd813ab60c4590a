"""Values that cost something to get and are asked for again and again."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

SHARE = 0.02


class Sampled(Generic[Value]):
    """A value got anew only so often that getting it takes at most `SHARE` of the time, however many ask.

    So what is cheap is fresh to the second, and what takes 200 ms is got every 10 s. A failure is kept for as
    long, so that callers that wait together for a store that is away fail together, not one after another.

    Args:
        get: gets it.
        seconds: the shortest time for which a value is kept.
    """

    def __init__(self, get: Callable[[], Value], seconds: float = 1.0) -> None:
        self._get = get
        self._seconds = seconds
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
        except Exception as fault:  # noqa: BLE001 - kept, and raised by `value` in every thread that waits for it
            self._had = fault
        ended = time.monotonic()
        self._until = ended + max(self._seconds, (ended - started) / SHARE)
        return self._had

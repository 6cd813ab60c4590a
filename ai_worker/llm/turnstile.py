"""Where calls wait inside a process for a place that is about to come free."""

import threading
from collections import deque


class Turnstile:
    """First come, first served, for each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[threading.Lock]] = {}

    def wait(self, key: str, seconds: float) -> None:
        """Wait until a place comes free in this process, or so many seconds, since places come free elsewhere too."""
        mine = threading.Lock()
        mine.acquire()
        with self._lock:
            self._waiting.setdefault(key, deque()).append(mine)
        try:
            mine.acquire(timeout=seconds)
        finally:
            with self._lock:
                self._forget(key, mine)

    def free(self, key: str) -> None:
        """Tell whoever waits longest that a place has come free."""
        with self._lock:
            if waiting := self._waiting.get(key):
                first = waiting[0]
                self._forget(key, first)
                first.release()

    def _forget(self, key: str, lock: threading.Lock) -> None:
        waiting = self._waiting.get(key, ())
        if lock in waiting:
            self._waiting[key].remove(lock)
            if not self._waiting[key]:
                del self._waiting[key]

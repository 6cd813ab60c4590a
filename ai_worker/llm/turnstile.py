"""Where calls wait inside a process for a place that is about to come free."""

import threading
from collections import deque

SHORTEST_QUEUE = 2
PLACES_FOR_EACH_WAITING = 4


def longest_queue(places: int | None) -> int:
    """Calls that wait for one model here at most, ready to go when a place comes free: a quarter of those that may be in flight.

    More would only keep other models' calls from going.
    """
    return max(SHORTEST_QUEUE, (places or 0) // PLACES_FOR_EACH_WAITING)


class Turnstile:
    """First come, first served, for each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[threading.Lock]] = {}

    def wait(self, key: str, seconds: float, places: int | None) -> bool:
        """Wait until a place comes free in this process, or so many seconds, since places come free elsewhere too.

        Args:
            places: how many calls may be in flight; None for any number.

        Returns:
            False at once where as many calls wait already as `longest_queue` says.
        """
        mine = threading.Lock()
        mine.acquire()
        with self._lock:
            if len(self._waiting.get(key, ())) >= longest_queue(places):
                return False
            self._waiting.setdefault(key, deque()).append(mine)
        try:
            mine.acquire(timeout=seconds)
        finally:
            with self._lock:
                self._forget(key, mine)
        return True

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

"""The queue in which calls wait inside a process for a place that is about to come free."""

import threading
import time
from collections import deque

SHORTEST_QUEUE = 4
CAPACITY_FOR_EACH_WAITING = 2


def longest_queue(capacity: int | None) -> int:
    """Calls that wait for one model here at most, ready to go when a place comes free: half as many as may be
    in flight.

    More would only keep other models' calls from going.
    """
    return max(SHORTEST_QUEUE, (capacity or 0) // CAPACITY_FOR_EACH_WAITING)


class _Waiting:
    """One who waits: woken when a place is free, or when it is the first in the queue."""

    __slots__ = ("free", "woken")

    def __init__(self) -> None:
        self.free = False
        self.woken = threading.Lock()
        self.woken.acquire()

    def wake(self) -> None:
        if self.woken.locked():
            self.woken.release()


class WaitQueue:
    """First come, first served, for each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[str, deque[_Waiting]] = {}

    def wait(
        self, key: str, seconds: float, longest: float, capacity: int | None, *, again: bool = False
    ) -> bool:
        """Wait until it is worth asking for a place.

        That is when one comes free in this process, or, since capacity come free elsewhere too, after this
        number of seconds; but of all who wait only the first asks: the others could but take its place.

        Args:
            longest: the most seconds to wait in any case.
            capacity: how many calls may be in flight; None for any number.
            again: it has waited before, and another took the place: it goes before all others.

        Returns:
            False at once where as many calls wait already as `longest_queue` says.
        """
        now, mine = time.monotonic(), _Waiting()
        with self._lock:
            queue = self._queues.setdefault(key, deque())
            if not again and len(queue) >= longest_queue(capacity):
                return False
            queue.insert(0 if again else len(queue), mine)
        try:
            self._wait(queue, mine, now + min(seconds, longest), now + longest)
        finally:
            with self._lock:
                self._leave(key, mine)
        return True

    def free(self, key: str) -> None:
        """Wake the greenlet that waits longest: a place has come free."""
        with self._lock:
            if queue := self._queues.get(key):
                first = queue[0]
                first.free = True
                self._leave(key, first)
                first.wake()

    def _wait(self, queue: deque[_Waiting], mine: _Waiting, asks_at: float, ends_at: float) -> None:
        while not mine.free:
            with self._lock:
                until = asks_at if queue and queue[0] is mine else ends_at
            if not mine.woken.acquire(timeout=max(0.0, until - time.monotonic())):
                return

    def _leave(self, key: str, who: _Waiting) -> None:
        queue = self._queues.get(key)
        if not queue or who not in queue:
            return
        was_first = queue[0] is who
        queue.remove(who)
        if not queue:
            del self._queues[key]
        elif was_first:
            queue[0].wake()

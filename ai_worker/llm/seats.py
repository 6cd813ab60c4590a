"""How many calls this process makes at once.

A worker has more greenlets than that, for rows that are being claimed, and rows whose answers are being written: so there is always one
ready to take the seat of a call that has ended. Whoever waits for anything but its answer has no seat. No more than a few are to wait for
one: rows that are not begun are there for any worker, and a row of another model is not behind them.
"""

import threading
from collections import deque

MOST_WAITING = 24
SEATS_FOR_EACH_WAITING = 4


class Seats:
    """One for each call under way; any number until a bound is set. First come, first served.

    But a call of a model that may have fewer calls in flight than there are seats goes before others: while it waits, its place is idle.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rare: deque[threading.Lock] = deque()
        self._waiting: deque[threading.Lock] = deque()
        self._most = self._free = float("inf")
        self._few = 1
        self._few_wait = threading.Event()
        self._few_wait.set()

    def bound(self, most: int) -> None:
        """From now on at most so many calls are under way at once."""
        self._most = self._free = most
        self._few = max(1, min(MOST_WAITING, most // SEATS_FOR_EACH_WAITING))

    def take(self, places: int | None) -> None:
        """Wait for a seat.

        Args:
            places: how many calls of its model may be in flight; None for any number.
        """
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            (self._rare if places is not None and places < self._most else self._waiting).append(mine)
            self._count()
        try:
            mine.acquire()
        except BaseException:
            self._go(mine)
            raise

    def wait_until_few_wait(self) -> None:
        """Wait while rows that could begin would but wait for a seat."""
        self._few_wait.wait()

    def leave(self) -> None:
        """Give it to the next."""
        with self._lock:
            self._pass_on()

    def _pass_on(self) -> None:
        if queue := self._rare or self._waiting:
            queue.popleft().release()
            self._count()
        else:
            self._free += 1

    def _go(self, mine: threading.Lock) -> None:
        """Killed while it waited; it may have been given a seat already."""
        with self._lock:
            for queue in (self._rare, self._waiting):
                if mine in queue:
                    queue.remove(mine)
                    self._count()
                    return
            self._pass_on()

    def _count(self) -> None:
        few = len(self._rare) + len(self._waiting) < self._few
        if few != self._few_wait.is_set():
            (self._few_wait.set if few else self._few_wait.clear)()


seats = Seats()
"""Of this process."""

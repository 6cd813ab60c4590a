"""The calls that this process makes at once.

A worker has more greenlets than that, for rows that are being claimed, and rows whose answers are being
written: so there is always one ready to take the slot of a call that has ended. A greenlet that waits for
anything but its answer has no slot.
"""

import threading
import time
from collections import deque

AHEAD_SECONDS = 0.25
"""From a row's message to its call, and from its answer to its end [measured: from 100 to 450 rows a
second].
"""
REMEMBERED = 512


class CallSlots:
    """One for each call under way; any number until a bound is set. First come, first served.

    But a call of a model that may have fewer calls in flight than there are slots goes before others: while
    it waits, its place is idle.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rare: deque[threading.Lock] = deque()
        self._waiting: deque[threading.Lock] = deque()
        self._most = self._free = float("inf")
        self._ended: deque[float] = deque(maxlen=REMEMBERED)

    def bound(self, most: int) -> None:
        """Let at most `most` calls be under way at once from now on."""
        self._most = self._free = most

    def take(self, capacity: int | None) -> None:
        """Wait for a slot.

        Args:
            capacity: how many calls of its model may be in flight; None for any number.
        """
        with self._lock:
            if self._free > 0:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            (self._rare if capacity is not None and capacity < self._most else self._waiting).append(mine)
        try:
            mine.acquire()
        except BaseException:
            self._go(mine)
            raise

    def spare(self) -> int:
        """The number of rows to have in hand beside those of calls under way: as many as calls end while a
        row is made ready.

        More would only wait: rows that are not begun are there for any worker, for a pause, and not before a
        row of another model.
        """
        with self._lock:
            span = time.monotonic() - self._ended[0] if self._ended else 0.0
            needed = len(self._ended) / max(1.0, span) * AHEAD_SECONDS
        # A worker with one slot has one row in hand: so it is known which row killed it.
        return int(min(needed, self._most - 1))

    def half(self) -> float:
        """Half as many as there are: rows that wait for the same step need no further company then."""
        return self._most / 2

    def any_free(self) -> bool:
        """Return whether a call that is ready may leave at once."""
        return self._free > 0

    def leave(self) -> None:
        """Give it to the next."""
        with self._lock:
            self._ended.append(time.monotonic())
            self._pass_on()

    def _pass_on(self) -> None:
        if queue := self._rare or self._waiting:
            queue.popleft().release()
        else:
            self._free += 1

    def _go(self, mine: threading.Lock) -> None:
        """Killed while it waited; it may have been given a slot already."""
        with self._lock:
            for queue in (self._rare, self._waiting):
                if mine in queue:
                    queue.remove(mine)
                    return
            self._pass_on()


call_slots = CallSlots()
"""Of this process."""

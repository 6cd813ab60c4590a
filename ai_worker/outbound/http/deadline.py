"""A hard end for one outside call, however the other side dawdles.

A socket's timeout starts anew with every byte, so a server that sends one byte a second is never too late for
it. In a process patched by gevent `gevent.Timeout` ends the call at the next switch. In a plain threaded
process one watchdog thread per process shuts the call's sockets down, which wakes the blocked thread. What
neither interrupts is a name lookup in a plain thread; the resolver's own timeouts bound that.
"""

import heapq
import itertools
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache

from ai_worker.outbound.errors import DeadlineExceeded

_local = threading.local()


def deadline(seconds: float) -> AbstractContextManager[None]:
    """Ends the block after `seconds`.

    Raises:
        DeadlineExceeded: the block did not end in time.
    """
    return _gevent_deadline(seconds) if is_cooperative() else _watched_deadline(seconds)


def guard(connection: socket.socket) -> None:
    """Names a socket that the block of the current `deadline` waits for; outside of one, and under gevent,
    nothing is needed.
    """
    if not is_cooperative() and (watch := getattr(_local, "watch", None)) is not None:
        watch.add(connection)


def is_cooperative() -> bool:
    """Return whether gevent has patched this process."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("socket"))


def _exceeded(seconds: float) -> DeadlineExceeded:
    return DeadlineExceeded(f"no whole answer within {seconds:g} s")


@contextmanager
def _gevent_deadline(seconds: float) -> Iterator[None]:
    import gevent  # noqa: PLC0415  plain processes need no gevent

    timeout = gevent.Timeout(seconds)
    timeout.start()
    try:
        yield
    except gevent.Timeout as passed:
        if passed is not timeout:
            raise
        raise _exceeded(seconds) from None
    finally:
        timeout.close()


@contextmanager
def _watched_deadline(seconds: float) -> Iterator[None]:
    watch = _Watch(time.monotonic() + seconds)
    _watchdog(os.getpid()).follow(watch)
    outer, _local.watch = getattr(_local, "watch", None), watch
    try:
        yield
    except Exception:
        if watch.passed:
            raise _exceeded(seconds) from None
        raise
    else:
        # To a reader of headers a connection that was shut down looks like their end, not like a fault.
        if watch.passed:
            raise _exceeded(seconds)
    finally:
        _local.watch = outer
        watch.close()


class _Watch:
    """The sockets of one call, and whether its time has passed."""

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.passed = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    def add(self, connection: socket.socket) -> None:
        # A duplicate of the descriptor: TLS detaches the original, and shutting the duplicate down ends the
        # same connection.
        duplicate = socket.fromfd(connection.fileno(), connection.family, connection.type)
        with self._lock:
            self._sockets.append(duplicate)
            if self.passed:
                _shut(duplicate)

    def expire(self) -> None:
        with self._lock:
            self.passed = True
            for duplicate in self._sockets:
                _shut(duplicate)

    def close(self) -> None:
        with self._lock:
            for duplicate in self._sockets:
                duplicate.close()
            self._sockets.clear()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # already closed by the other side
        connection.shutdown(socket.SHUT_RDWR)


class _Watchdog:
    """One thread that expires watches in the order of their ends."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._watches: list[tuple[float, int, _Watch]] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="deadline watchdog", daemon=True).start()

    def follow(self, watch: _Watch) -> None:
        with self._changed:
            heapq.heappush(self._watches, (watch.ends, next(self._order), watch))
            if self._watches[0][2] is watch:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._watches or self._watches[0][0] > time.monotonic():
                    self._changed.wait(self._watches[0][0] - time.monotonic() if self._watches else None)
                watch = heapq.heappop(self._watches)[2]
            watch.expire()


@lru_cache(maxsize=1)
def _watchdog(process_id: int) -> _Watchdog:
    """This process's watchdog: a forked child has none of its parent's threads, hence the key."""
    return _Watchdog()

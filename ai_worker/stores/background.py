"""A loop in a thread beside the work (a greenlet where gevent has patched), started when it is first needed.

An exception never ends it: the loop logs it, waits a moment and carries on. `loops` tells how long each loop
of this process has been at its present turn, so that one that hangs is seen.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakSet

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
"""After a failure, before the next run."""
PAUSE_MAX = 30.0
QUIET_SECONDS = 60.0
"""A loop that keeps failing is logged with its traceback so often."""


@dataclass(frozen=True, slots=True)
class Loop:
    """The state of one loop of this process.

    Args:
        age: seconds since its present turn began; 0 while it waits for work.
        failures: exceptions that it survived since the process started.
        alive: False if its thread was killed; the next need starts it again.
    """

    name: str
    age: float
    failures: int
    alive: bool


class Background:
    """Runs a function for as long as the process lives.

    The caller says so at each need, which costs next to nothing: `Thread.is_alive` would switch to another
    greenlet under gevent, with whatever locks the caller holds [measured: 50 ms with 100 busy greenlets].

    Args:
        name: of the thread.
        run: does not return; where it raises, it is run again after a pause.
    """

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self.name = name
        self._run = run
        self._lock = threading.Lock()
        self._process: int | None = None
        self._needed = False
        self._failures = 0
        self._turn_since: float | None = None
        self._logged = -QUIET_SECONDS
        _KNOWN.add(self)

    def need(self) -> None:
        """See that it runs, in this process: a forked child has its parent's memory, but not its threads."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._process, self._needed = os.getpid(), True
        threading.Thread(target=self._guarded, name=self.name, daemon=True).start()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Mark one turn of the loop, without its wait for work."""
        self._turn_since = time.monotonic()
        try:
            yield
        finally:
            self._turn_since = None

    def state(self) -> Loop | None:
        """None if this process never needed it."""
        if not self._needed:
            return None
        since = self._turn_since
        age = 0.0 if since is None else time.monotonic() - since
        return Loop(self.name, age, self._failures, self._process == os.getpid())

    def _guarded(self) -> None:
        pause = PAUSE_SECONDS
        try:
            while True:
                started = time.monotonic()
                try:
                    self._run()
                except Exception:  # noqa: BLE001 - whatever it is, the loop carries on
                    if time.monotonic() - started > PAUSE_MAX:
                        pause = PAUSE_SECONDS
                    self._note_failure(pause)
                    threading.Event().wait(pause)
                    pause = min(PAUSE_MAX, pause * 2)
                else:
                    return
        finally:
            # Killed, or at its end: the next need starts it again.
            self._process = None

    def _note_failure(self, pause: float) -> None:
        self._failures += 1
        now = time.monotonic()
        loud = now - self._logged >= QUIET_SECONDS
        if loud:
            self._logged = now
        log.log(
            logging.ERROR if loud else logging.DEBUG,
            "[ERROR] the loop %s failed (%d times so far), it carries on in %.0f s",
            self.name,
            self._failures,
            pause,
            exc_info=loud,
        )


def loops() -> list[Loop]:
    """The loops that this process runs, by name."""
    states = [state for known in list(_KNOWN) if (state := known.state()) is not None]
    return sorted(states, key=lambda loop: loop.name)


_KNOWN: "WeakSet[Background]" = WeakSet()

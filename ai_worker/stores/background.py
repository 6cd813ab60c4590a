"""A thread beside the work (a greenlet where gevent has patched), started when it is first needed."""

import os
import threading
from collections.abc import Callable


class Background:
    """Runs a function for as long as the process lives.

    Each caller that needs it starts it, since asking costs next to nothing: `Thread.is_alive` would switch to
    another greenlet under gevent, with whatever locks the asker holds [measured: 50 ms with 100 busy
    greenlets].

    Args:
        name: of the thread.
        run: does not return; where it raises, the next need starts it again.
    """

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self._name = name
        self._run = run
        self._lock = threading.Lock()
        self._process: int | None = None

    def need(self) -> None:
        """See that it runs, in this process: a forked child has its parent's memory, but not its threads."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process == os.getpid():
                return
            self._process = os.getpid()
        threading.Thread(target=self._guarded, name=self._name, daemon=True).start()

    def _guarded(self) -> None:
        try:
            self._run()
        finally:
            self._process = None

"""Being asked to stop: SIGTERM and a closed terminal end a run as Ctrl-C does, and nothing interrupts the
clearing up.
"""

import signal
import types
from collections.abc import Iterator
from contextlib import contextmanager

from devtools.layout import ON_WINDOWS

SIGNALS = [signal.SIGINT, signal.SIGTERM] if ON_WINDOWS else [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


class Terminated(KeyboardInterrupt):
    """A signal asked this process to stop; unlike with Ctrl-C, the processes at our terminal have not heard
    of it.
    """


def listen() -> None:
    """Turn every request to stop into an exception of the main thread; what nohup has us ignore stays
    ignored.
    """
    for number in SIGNALS:
        if number != signal.SIGINT and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _terminate)


def _terminate(number: int, frame: types.FrameType | None) -> None:
    raise Terminated


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore further requests to stop while the first one is carried out; it takes a bounded time."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

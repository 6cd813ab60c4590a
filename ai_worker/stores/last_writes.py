"""The last writes of a process: what still waits in memory is written however the process ends of itself, by
its interpreter's exit, at the end of a prefork child, or by a worker that ends without its broker.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

Write = Callable[[], object]

_writes: dict[int, list[Write]] = {}


def at_end(write: Write) -> None:
    """Have `write` called when this process ends. A forked child does not inherit it."""
    _writes.setdefault(os.getpid(), []).append(write)
    atexit.register(write)


def forget(write: Write) -> None:
    """Take `at_end` back."""
    atexit.unregister(write)
    if write in (known := _writes.get(os.getpid(), [])):
        known.remove(write)


def write_now(seconds: float) -> bool:
    """Write what waits, the latest to be registered first, all of it within `seconds`: a store may be away.
    Returns whether it was in time.
    """
    ends = time.monotonic() + seconds
    writers = [
        threading.Thread(target=_guarded, args=(write,), daemon=True)
        for write in reversed(_writes.get(os.getpid(), []))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(max(0.0, ends - time.monotonic()))
    return not any(writer.is_alive() for writer in writers)


def _guarded(write: Write) -> None:
    try:
        write()
    except Exception:  # One that fails keeps no other from being written.
        log.exception("[ERROR] a last write of this process failed")

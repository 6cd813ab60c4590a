"""One log line per store and minute while a store is away: an outage has one cause, however many rows wait for
its end.
"""

import logging
import threading
import time

QUIET_SECONDS = 60.0


class OutageLog:
    """What was logged of each store's outage lately.

    Args:
        quiet_seconds: between two lines about one store.
    """

    def __init__(self, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._quiet_seconds = quiet_seconds
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._silent: dict[str, int] = {}

    def note(self, log: logging.Logger, fault: Exception, consequence: str) -> bool:
        """Log a fault of a store, unless this store has had its line; returns whether it was logged.

        Args:
            consequence: what waits, and when it is tried next.
        """
        store = str(getattr(fault, "error_class", type(fault).__name__))
        now = time.monotonic()
        with self._lock:
            if now - self._last.get(store, -self._quiet_seconds) < self._quiet_seconds:
                self._silent[store] = self._silent.get(store, 0) + 1
                return False
            self._last[store] = now
            silent = self._silent.pop(store, 0)
        more = f" ({silent} more such faults since the last line)" if silent else ""
        log.warning("%s; %s%s", fault, consequence, more)
        return True


_outages = OutageLog()


def outage(log: logging.Logger, fault: Exception, consequence: str) -> bool:
    """`OutageLog.note` for this process."""
    return _outages.note(log, fault, consequence)

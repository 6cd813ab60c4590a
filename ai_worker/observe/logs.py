"""Log lines that name the stage and what it is about: `2026-01-31 12:00:00 INFO [Task 42] [START] …`."""

import logging
import sys
import time

FORMAT = "%(asctime)s %(levelname)s %(message)s"


class _Formatter(logging.Formatter):
    """The standard library's, which writes out the same second for every line of it."""

    _second = -1
    _written = ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """See `logging.Formatter`; local time with milliseconds."""
        second = int(record.created)
        if second != self._second:
            self._written = time.strftime(self.default_time_format, self.converter(second))
            self._second = second
        return f"{self._written},{int(record.msecs):03d}"


def configure_logging(level: str) -> None:
    """Send log lines of this process to standard error.

    Args:
        level: `DEBUG`, `INFO`, `WARNING` or `ERROR`.
    """
    # Nothing of this is in FORMAT, and finding it out would cost a line more than writing it (Python's
    # logging HOWTO, Optimization).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("pymongo", "kombu", "celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)

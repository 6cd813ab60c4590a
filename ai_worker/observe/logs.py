"""Log lines that name the stage and what it is about: `2026-01-31 12:00:00 INFO [Task 42] [START] …`."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(message)s"


def configure_logging(level: str) -> None:
    """Send log lines of this process to standard error.

    Args:
        level: `DEBUG`, `INFO`, `WARNING` or `ERROR`.
    """
    # Nothing of this is in FORMAT, and finding it out would cost a line more than writing it (Python's
    # logging HOWTO, Optimization).
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=level.upper(), format=FORMAT, stream=sys.stderr, force=True)
    for chatty in ("pymongo", "kombu", "celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)

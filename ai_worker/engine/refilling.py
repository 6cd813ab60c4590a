"""Seeing that a window does not run dry: whenever rows have begun or ended, a worker looks at its queue and has it filled up.

The looks of a process are at least `LOOK_SECONDS` apart, and one always follows the last row, so that a lane which may hold only so
many rows goes on as soon as some of them have ended.
"""

import logging
import threading
import time

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.pipeline import Pipeline
from ai_worker.engine.scan import refill
from ai_worker.stores.background import Background

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
AWAY_SECONDS = 5.0


class Refilling:
    """Looks after one pipeline's window from this process."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._changed = threading.Event()
        self._looker = Background(f"refilling-{pipeline.name}", self._run)

    def changed(self) -> None:
        """A row begins or has ended: have a look, soon. Waits for nothing."""
        self._looker.need()
        self._changed.set()

    def _run(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            time.sleep(self._look())

    def _look(self) -> float:
        """Look once; seconds until the next look at the earliest."""
        try:
            if not refill(self._pipeline):
                self._changed.set()
        except (RedisError, OperationalError) as fault:
            self._changed.set()
            log.warning("%s: the window is not looked after for %.0f s: %s", self._pipeline.name, AWAY_SECONDS, fault)
            return AWAY_SECONDS
        return LOOK_SECONDS

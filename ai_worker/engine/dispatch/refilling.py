"""Seeing that a window does not run dry: whenever rows have begun or ended, a worker looks at its queue and
has it filled up.

The looks of a process are at least `LOOK_SECONDS` apart, `FULL_SECONDS` while the window needs nothing, and
one always follows the last row, so that a lane with a cap gets further rows as soon as some of its rows have
ended. Rows that were given back for a moment have the pipeline scanned until they are due.
"""

import logging
import threading
import time

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.engine.dispatch.scan import Refill, refill
from ai_worker.settings import settings
from ai_worker.stores.background import Background
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.02
FULL_SECONDS = 0.1
AGAIN_SECONDS = 0.25
AWAY_SECONDS = 5.0


class Refilling:
    """Looks after one pipeline's window from this process."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._changed = threading.Event()
        self._due_until = 0.0
        self._looker = Background(f"refilling-{pipeline.name}", self._run)

    def changed(self) -> None:
        """A row begins or has ended: have a look, soon. Waits for nothing."""
        self._looker.need()
        if not self._changed.is_set():
            self._changed.set()

    def due(self, seconds: float) -> None:
        """A row was given back and is due again after these seconds. Beyond the next scan of the beat that
        is the beat's business.
        """
        self._due_until = max(self._due_until, time.monotonic() + min(seconds, settings().scan_seconds))

    def _run(self) -> None:
        while True:
            rest = self._due_until + LOOK_SECONDS - time.monotonic()
            self._changed.wait(AGAIN_SECONDS if rest > 0 else None)
            self._changed.clear()
            with self._looker.turn():
                pause = self._look(some_are_due=rest > 0)
            time.sleep(pause)

    def _look(self, some_are_due: bool) -> float:
        """Look once; seconds until the next look at the earliest."""
        try:
            done = refill(self._pipeline, some_are_due)
        except (RedisError, OperationalError) as fault:
            self._changed.set()
            what = f"{self._pipeline.name}: the window is not refilled from here for {AWAY_SECONDS:.0f} s"
            outage(log, fault, what)
            return AWAY_SECONDS
        if done is Refill.TOO_EARLY:
            self._changed.set()
        return FULL_SECONDS if done is Refill.NOT_NEEDED else LOOK_SECONDS

"""Shutdown of a worker: when no row is in its hands any more, it does not wait for a
broker that is away.

Celery's own warm shutdown lets the tasks in flight end, then says goodbye to the broker, which may take
minutes where that does not answer. Messages that the worker had fetched and not started are found again by
their reservations.
"""

import logging
import os
import threading
import time
from typing import Any

import gevent
from celery.signals import worker_shutting_down

from ai_worker.engine.worker.work import leases
from ai_worker.observe import traces
from ai_worker.stores.last_writes import write_now

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 8.0
"""Without a row in hand, before the process ends itself."""
LOOK_SECONDS = 0.2
LAST_WRITES_SECONDS = 5.0
"""For what waits in memory, should its store be away, too."""


@worker_shutting_down.connect
def _told_to_end(**_: Any) -> None:
    # Not threading.Thread, whose start waits: under gevent this runs in the event loop, where nothing may
    # wait.
    gevent.spawn(_end_when_idle)


def _end_when_idle() -> None:
    pause = threading.Event()
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < GOODBYE_SECONDS:
        pause.wait(LOOK_SECONDS)
        if leases().held():
            idle_since = time.monotonic()
    log.warning("the broker does not let go of this worker; no row is in its hands, so it ends without it")
    # This end skips the interpreter's own: what waits in memory, as the last requests, is written first.
    write_now(LAST_WRITES_SECONDS)
    traces.flush()
    logging.shutdown()
    os._exit(0)

"""Tuning of a worker process when its pool stands: what its rows need is loaded; slots for calls, garbage
collection, gevent, the last records.
"""

import gc
from collections.abc import Iterable
from functools import partial
from typing import Any

from celery import bootsteps
from celery.signals import worker_process_shutdown

from ai_worker.engine.broker.transport import slots
from ai_worker.engine.contract.pipeline import PIPELINES
from ai_worker.engine.worker.file_limit import raise_file_limit
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.stores.last_writes import write_now

GARBAGE_THRESHOLDS = (5_000, 20, 20)
LAST_WRITES_SECONDS = 5.0


class Tuning(bootsteps.StartStopStep):
    """The last step of a worker's start."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """Tune this process for its pool."""
        _warm_up(worker.app.amqp.queues.consume_from)
        _freeze_garbage()
        raise_file_limit(worker.concurrency or 1)
        # A pool whose processes are all there from the start never says that one is free, and gets its
        # messages one by one.
        if worker.pool.is_green:
            _tune_gevent(worker.pool)


def _warm_up(queues: Iterable[str]) -> None:
    for name in set(queues) & set(PIPELINES):
        PIPELINES[name].warm_up()


def _freeze_garbage() -> None:
    # What was imported is never garbage. Looking through it took 60 ms each time, during which no call begins
    # or ends, and with the small collections 8 % of the CPU time of a row.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


def _tune_gevent(pool: Any) -> None:
    import gevent  # noqa: PLC0415 - the API and beat need none

    # Where each greenlet was spawned is of no use here, and finding it out costs memory and time with every
    # row.
    gevent.config.track_greenlet_tree = False
    slots.count, slots.wait = pool.limit, partial(_wait_for_slot, pool, pool.limit)
    call_slots.bound(pool.limit)


def _wait_for_slot(pool: Any, calls: int) -> None:
    change = calls + call_slots.spare() - pool.limit
    if change > 0:
        pool.grow(change)
    elif change < 0:
        pool.shrink(-change)
    pool._pool.wait_available()


@worker_process_shutdown.connect
def _write_records(**_: object) -> None:
    # A child of a prefork pool ends without its atexit.
    write_now(LAST_WRITES_SECONDS)

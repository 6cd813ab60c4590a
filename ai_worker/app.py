"""The Celery app, and the one place that imports every pipeline's tasks."""

import gc
from functools import partial
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_shutdown, worker_ready

from ai_worker.engine.broker import heartbeat
from ai_worker.engine.broker.connection import AMQP, Events
from ai_worker.engine.broker.transport import slots
from ai_worker.engine.contract.pipeline import PIPELINES as REGISTERED
from ai_worker.engine.worker import shutdown
from ai_worker.errors import ConfigurationError
from ai_worker.observe.logs import configure_logging
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.outbound.records.request_log import request_log
from ai_worker.settings import settings

TASKS = {
    "corrections": "ai_worker.pipelines.corrections.tasks",
    "evaluations": "ai_worker.pipelines.evaluations.tasks",
}

LISTENING = (heartbeat, shutdown)
"""Modules that are imported for what they tell Celery: the heartbeat's tasks, and the watch over a worker's
end.
"""

GARBAGE_THRESHOLDS = (5_000, 20, 20)

app = Celery("ai_worker", amqp=AMQP, events=Events)
app.config_from_object("celery_config")
app.set_default()

for _name in settings().pipelines:
    if _name not in TASKS:
        raise ConfigurationError(f"PIPELINES: unknown pipeline {_name!r}; known: {', '.join(TASKS)}")
    import_module(TASKS[_name])

PIPELINES = {name: REGISTERED[name] for name in settings().pipelines if name in REGISTERED}
"""Those that are switched on. The command line imports others, too, whose stores need not be there."""


@setup_logging.connect
def _logging(**_: object) -> None:
    configure_logging(settings().log_level)


@worker_ready.connect
def _forget_what_stays(**_: object) -> None:
    # What was imported is never garbage. Looking through it took 60 ms each time, during which no call begins
    # or ends, and with the small collections 8 % of the CPU time of a row.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)


@worker_ready.connect
def _make_room(sender: Any, **_: object) -> None:
    pool = sender.pool
    # A pool whose processes are all there from the start never says that one is free, and gets its messages
    # one by one.
    if pool.is_green:
        import gevent  # noqa: PLC0415 - the API and beat need none

        # Where each greenlet was spawned is of no use here, and finding it out costs memory and time with
        # every row.
        gevent.config.track_greenlet_tree = False
        slots.count, slots.wait = pool.limit, partial(_wait_for_room, pool, pool.limit)
        call_slots.bound(pool.limit)


def _wait_for_room(pool: Any, calls: int) -> None:
    change = calls + call_slots.spare() - pool.limit
    if change > 0:
        pool.grow(change)
    elif change < 0:
        pool.shrink(-change)
    pool._pool.wait_available()


@worker_process_shutdown.connect
def _write_history(**_: object) -> None:
    # A child of a prefork pool ends without its atexit.
    request_log().flush()

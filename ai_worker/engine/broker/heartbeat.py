"""Beat and the workers, seen at work: a heartbeat goes from beat through the scans' worker and the
broker to each other worker, and into each pipeline's store.

A worker may be alive and connected and yet take no message any more, which nothing shows from outside but
that work is not done. So every HEARTBEAT_SECONDS a heartbeat goes to each pipeline's workers, on a queue that
they listen to beside the rows' own, and to the workers of `bulk` and `quarantine` before whatever waits
there. It waits for a free slot but not behind the window.

Beat and the workers without rows of their own leave a mark in the broker's Redis that expires: no clock is
compared, and what was never there is missed like what is gone.
"""

import logging
from typing import Any

from celery import current_app, shared_task
from celery.signals import after_task_publish, beat_init
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from ai_worker.engine.contract.pipeline import PIPELINES
from ai_worker.engine.dispatch.publish import QUARANTINE
from ai_worker.settings import settings
from ai_worker.stores.background import loops
from ai_worker.stores.outage_log import outage
from ai_worker.stores.redis import broker_redis

log = logging.getLogger(__name__)

BEAT = "beat"
SCANS = "scans"
BULK = "bulk"
HANGING = "hanging"
RELEASE = "heartbeat.release"
SPARE_SECONDS = 5.0
FIRST = 9
"""The priority of heartbeats in queues that hold other messages."""


def queue_of(pipeline: str) -> str:
    """The heartbeats' queue of a pipeline's workers."""
    return f"heartbeat.{pipeline}"


@beat_init.connect
def _at_once(**_: object) -> None:
    # Else the first heartbeat after a start comes one period late.
    try:
        current_app.tasks[RELEASE].apply_async(retry=False)
    except OperationalError:
        return  # The schedule's next one finds the broker, or beat says that it is away.


@after_task_publish.connect(sender=RELEASE)
def _beats(**_: Any) -> None:
    _mark(BEAT, mark_seconds())


@shared_task(name=RELEASE)
def release() -> None:
    """Send one heartbeat to each worker."""
    _mark(SCANS, mark_seconds())
    for queue in (BULK, QUARANTINE):
        current_app.tasks["heartbeat.mark"].apply_async(
            (queue,), queue=queue, priority=FIRST, expires=bound()
        )
    for name in settings().pipeline_names:
        PIPELINES[name].kinds[0].source.heartbeats.release(name)
        current_app.tasks["heartbeat.answer"].apply_async((name,), queue=queue_of(name), expires=bound())


@shared_task(name="heartbeat.mark")
def mark(queue: str) -> None:
    """Leave the mark of a worker of the queue."""
    _mark(queue, bound())


@shared_task(name="heartbeat.answer")
def answer(name: str) -> None:
    """Note in the pipeline's store that a worker of it heard, and which of its loops hang."""
    _note_hanging()
    PIPELINES[name].kinds[0].source.heartbeats.answer(name)


def hanging() -> list[str]:
    """Loops of workers that have been at one turn for longer than a lease, as the last of them reported that
    has some.

    Raises:
        RedisError: the broker is away.
    """
    told: Any = broker_redis().get(_key(HANGING))
    return str(told).split(",") if told else []


def _note_hanging() -> None:
    found = [loop for loop in loops() if loop.age > settings().lease_seconds]
    if not found:
        return
    for loop in found:
        log.error(
            "[ERROR] the loop %s has been at one turn for %.0f s: restart this worker", loop.name, loop.age
        )
    try:
        broker_redis().set(_key(HANGING), ",".join(loop.name for loop in found), px=int(bound() * 1000))
    except RedisError as fault:
        outage(log, fault, "hanging loops are only logged")


def bound() -> float:
    """Seconds within which a heartbeat comes through a worker all of whose slots are taken: one call ends,
    two heartbeats are released.
    """
    return settings().model_deadline_seconds + 2 * settings().heartbeat_seconds + SPARE_SECONDS


def mark_seconds() -> float:
    """Seconds after which beat, or the scans' worker, is missed: three heartbeats."""
    return 3 * settings().heartbeat_seconds + SPARE_SECONDS


def hearing() -> dict[str, bool]:
    """Beat and the workers that are at work: `scans`, `bulk`, `quarantine`, and each pipeline's.

    False is also what was never seen. Without beat nothing is known of the workers, without the scans'
    worker nothing of the others: only the one to start is named.

    Raises:
        StoreUnavailable: nothing is known.
        RedisError: the broker is away.
    """
    found = {BEAT: _marked(BEAT)}
    if not found[BEAT]:
        return found
    found[SCANS] = _marked(SCANS)
    if not found[SCANS]:
        return found
    found |= {queue: _marked(queue) for queue in (BULK, QUARANTINE)}
    for name in settings().pipeline_names:
        state = PIPELINES[name].kinds[0].source.heartbeats.heard(name)
        found[name] = state is not None and state.unanswered <= bound()
    return found


def _mark(name: str, seconds: float) -> None:
    try:
        broker_redis().set(_key(name), 1, px=int(seconds * 1000))
    except RedisError:
        return  # A broker that is away is named itself.


def _marked(name: str) -> bool:
    return bool(broker_redis().exists(_key(name)))


def _key(name: str) -> str:
    return f"ai_worker:at_work:{name}"

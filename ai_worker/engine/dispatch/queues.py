"""The broker's queues of pipelines, as `celery_config.py` routes their Celery tasks."""

from collections.abc import Iterable
from functools import lru_cache

from celery import current_app
from kombu.transport.redis import Channel

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.stores.redis import broker_redis

PRIORITY_STEPS = (0, 3, 6, 9)
"""Kombu keeps one list of messages for each of these priorities."""


def queue_of(kind: Kind) -> str:
    """The queue in which the kind's rows wait."""
    return _routed(kind.task)


def waiting(pipeline: Pipeline) -> int:
    """The number of the pipeline's rows that wait in the broker."""
    return sum(queue_lengths({queue_of(kind) for kind in pipeline.kinds}).values())


def waiting_from(pipeline: Pipeline, priority: int) -> int:
    """The number of the pipeline's rows that wait in the broker before a row of this priority, or beside
    it.
    """
    steps = _lengths({queue_of(kind) for kind in pipeline.kinds}).values()
    return sum(length for by_step in steps for step, length in by_step.items() if step >= step_of(priority))


def step_of(priority: int) -> int:
    """The broker's list for a priority: kombu keeps one for each of PRIORITY_STEPS."""
    return max((step for step in PRIORITY_STEPS if step <= priority), default=0)


def queue_lengths(queues: Iterable[str]) -> dict[str, int]:
    """The number of messages that wait in each queue, of all priorities."""
    return {name: sum(by_step.values()) for name, by_step in _lengths(queues).items()}


def _lengths(queues: Iterable[str]) -> dict[str, dict[int, int]]:
    """The number of messages that wait in each queue, by the step of their priority."""
    names = list(queues)
    with broker_redis().pipeline(transaction=False) as pipe:
        for name in names:
            for key in lists_of(name):
                pipe.llen(key)
        found = pipe.execute()
    lengths = iter(found)
    return {name: {step: int(next(lengths)) for step in PRIORITY_STEPS} for name in names}


def lists_of(queue: str) -> list[str]:
    """The Redis keys of a queue, as kombu names them: the lowest priority has the bare name."""
    prefix = current_app.conf.broker_transport_options.get("global_keyprefix", "")
    return [f"{prefix}{queue}{f'{Channel.sep}{step}' if step else ''}" for step in PRIORITY_STEPS]


@lru_cache
def _routed(task: str) -> str:
    return str(current_app.amqp.router.route({}, task)["queue"].name)

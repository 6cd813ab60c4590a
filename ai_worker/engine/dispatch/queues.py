"""The broker's queues of pipelines, as `celery_config.py` routes their Celery tasks."""

from functools import lru_cache

from celery import current_app

from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.stores.redis import broker_redis


def queue_of(kind: Kind) -> str:
    """The queue in which the kind's rows wait."""
    return _routed(kind.task)


def waiting(pipeline: Pipeline) -> int:
    """The number of the pipeline's rows that wait in the broker."""
    with broker_redis().pipeline(transaction=False) as pipe:
        for queue in {queue_of(kind) for kind in pipeline.kinds}:
            pipe.llen(queue)
        return int(sum(pipe.execute()))


@lru_cache
def _routed(task: str) -> str:
    return str(current_app.amqp.router.route({}, task)["queue"].name)

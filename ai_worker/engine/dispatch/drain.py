"""Draining before a deploy: calls under way end and are kept, no row is started, until somebody says go on.

One key in the broker's Redis says so to every scanner and worker, those started meanwhile included. Messages
that workers have fetched already are dropped unread; their rows stay reserved and are requeued when draining
ends. A flushed Redis ends it, too.
"""

from celery import current_app

from ai_worker.engine.contract.pipeline import PIPELINES
from ai_worker.stores.redis import broker_redis

KEY = "ai_worker:drain"
ANSWER_SECONDS = 1.0


def begin() -> None:
    """From now on, or a moment later, nobody starts a row."""
    broker_redis().set(KEY, 1)


def asked() -> bool:
    """Whether rows are not to be started at the moment."""
    return bool(broker_redis().exists(KEY))


def end() -> None:
    """Let everybody go on."""
    broker_redis().delete(KEY)


def under_way() -> int:
    """How many rows are in workers' hands, as the workers themselves say."""
    tasks = {kind.task for pipeline in PIPELINES.values() for kind in pipeline.kinds}
    told = current_app.control.inspect(timeout=ANSWER_SECONDS).active() or {}
    return sum(task["name"] in tasks for active in told.values() for task in active)

"""Draining before a deploy: calls under way end and are kept, no row is started, until the operator ends the
drain.

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
    """Let no worker start a row, from a moment later on."""
    broker_redis().set(KEY, 1)


def asked() -> bool:
    """Return whether rows are not to be started at the moment."""
    return bool(broker_redis().exists(KEY))


def end() -> None:
    """End the drain: workers start rows again."""
    broker_redis().delete(KEY)


def under_way() -> int:
    """The number of rows in workers' hands, as the workers themselves report."""
    tasks = {kind.task for pipeline in PIPELINES.values() for kind in pipeline.kinds}
    told = current_app.control.inspect(timeout=ANSWER_SECONDS).active() or {}
    return sum(task["name"] in tasks for active in told.values() for task in active)

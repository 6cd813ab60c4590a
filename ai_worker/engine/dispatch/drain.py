"""Draining before a deploy: calls under way end and are kept, no row is started, until the operator ends the
drain.

One key in the broker's Redis says so to every scanner and worker, those started meanwhile included. Messages
that workers have fetched already are dropped unread; their rows stay reserved and are requeued when draining
ends. A flushed Redis ends it, too.
"""

from collections.abc import Iterable

from ai_worker.engine.contract.pipeline import Pipeline
from ai_worker.stores.redis import broker_redis

KEY = "ai_worker:drain"


def begin() -> None:
    """Let no worker start a row, from a moment later on."""
    broker_redis().set(KEY, 1)


def asked() -> bool:
    """Return whether rows are not to be started at the moment."""
    return bool(broker_redis().exists(KEY))


def end() -> None:
    """End the drain: workers start rows again."""
    broker_redis().delete(KEY)


def under_way(pipelines: Iterable[Pipeline]) -> int:
    """How many rows are in workers' hands, as their stores say: a busy worker does not reply in time.

    Raises:
        StoreUnavailable: a store is away, and nothing can be said.
    """
    sources = {id(kind.source): kind.source for pipeline in pipelines for kind in pipeline.kinds}
    return sum(source.processing() for source in sources.values())

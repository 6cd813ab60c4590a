"""This process's gate to the models: cluster-wide where there is a Redis, else its own."""

import os
from functools import lru_cache

from ai_worker.llm.local_permits import LocalPermits
from ai_worker.llm.permit import Gate
from ai_worker.llm.permits import Permits
from ai_worker.settings import settings
from ai_worker.stores.redis import limits_redis


def gate() -> Gate:
    """The gate, made at the first use. Limits are local to the process where neither REDIS_URL nor LIMITS_REDIS_URL is set."""
    return _gate(os.getpid())


def limits_are_local() -> bool:
    """Whether other processes know nothing of this one's calls."""
    return not (settings().redis_url or settings().limits_redis_url)


@lru_cache(maxsize=1)
def _gate(process_id: int) -> Gate:
    # A forked child needs a sender and a connection of its own, hence the process in the key.
    return LocalPermits() if limits_are_local() else Permits(limits_redis())

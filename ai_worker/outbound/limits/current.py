"""This process's limiter to the models: cluster-wide where there is a Redis, else its own."""

import os
from functools import lru_cache

from ai_worker.outbound.limits.limiter import Limiter
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.settings import settings
from ai_worker.stores.redis import limits_redis


def limiter() -> Limiter:
    """The limiter, made at the first use. Limits are local to the process where neither REDIS_URL nor
    LIMITS_REDIS_URL is set.
    """
    return _limiter(os.getpid())


def limits_are_local() -> bool:
    """Return whether other processes know nothing of this one's calls."""
    return not (settings().redis_url or settings().limits_redis_url)


@lru_cache(maxsize=1)
def _limiter(process_id: int) -> Limiter:
    # A forked child needs a sender and a connection of its own, hence the process in the key.
    if not limits_are_local():
        return RedisLimiter(limits_redis())
    from ai_worker.outbound.limits.local_limiter import LocalLimiter  # noqa: PLC0415  Lua, needed nowhere else

    return LocalLimiter()

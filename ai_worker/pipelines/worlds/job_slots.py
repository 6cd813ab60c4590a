"""Jobs at work at once, over all workers: MAX_CONCURRENT_TASKS.

Slots are kept in Redis under the ids of their jobs, so that a job that is taken over after a crash takes no
second one. A slot that is not given back ends by itself. Without Redis, or after it was emptied, jobs are let
in: the bound spares other systems, and nothing depends on it.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError

from ai_worker.errors import NotNow
from ai_worker.stores.redis import limits_redis

KEY = "ai_worker:worlds:jobs"
KEPT_SECONDS = 900
"""Longer than a job with two pictures takes."""
PAUSE_SECONDS = (0.2, 1.0)
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


@contextmanager
def job_slot(job_id: str, most: int) -> Iterator[None]:
    """Work a job in one of the slots.

    Raises:
        NotNow: all of them are taken.
    """
    if not _taken(job_id, most):
        pause = random.uniform(*PAUSE_SECONDS)
        raise NotNow(f"{most} jobs are at work already (MAX_CONCURRENT_TASKS)", retry_after=pause)
    try:
        yield
    finally:
        _give_back(job_id)


def _taken(job_id: str, most: int) -> bool:
    try:
        return bool(limits_redis().eval(_TAKE, 1, KEY, job_id, str(most), str(KEPT_SECONDS)))
    except RedisError:
        return True


def _give_back(job_id: str) -> None:
    try:
        limits_redis().zrem(KEY, job_id)
    except RedisError:
        return

"""Jobs at work at once, over all workers: MAX_CONCURRENT_TASKS.

Slots are kept in Redis under the ids of their jobs, so that a job that is taken over after a crash takes no
second one. A slot that is not given back ends by itself. Without Redis, or after it was emptied, jobs are let
in: the bound spares other systems, and nothing depends on it.

Where all are taken a job waits in hand for a moment, since one is given back at any time; each that ends here
wakes one that waits here. A job that went back to the store would come again a second later at best.
"""

import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis.exceptions import RedisError

from ai_worker.errors import NotNow
from ai_worker.stores.redis import limits_redis

KEY = "ai_worker:worlds:jobs"
KEPT_SECONDS = 900
"""Longer than a job with two pictures takes."""
PAUSE_SECONDS = (0.2, 1.0)
PATIENCE_SECONDS = 2.0
LOOK_SECONDS = 0.25
"""Of a job that waits: a slot that comes free in another process wakes no job here."""
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
_waiting: deque[threading.Event] = deque()


@contextmanager
def job_slot(job_id: str, most: int, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Work a job in one of the slots.

    Args:
        patience: seconds to wait for one.

    Raises:
        NotNow: all of them are taken.
    """
    if not (_taken(job_id, most) or _awaited(job_id, most, patience)):
        pause = random.uniform(*PAUSE_SECONDS)
        raise NotNow(f"{most} jobs are at work already (MAX_CONCURRENT_TASKS)", retry_after=pause)
    try:
        yield
    finally:
        _give_back(job_id)


def free_slots(most: int) -> int:
    """The number of jobs that find a slot now."""
    try:
        # One whose worker vanished counts as taken until the next job takes one.
        return max(0, most - int(limits_redis().zcard(KEY)))
    except RedisError:
        return most


def _awaited(job_id: str, most: int, patience: float) -> bool:
    ends = time.monotonic() + patience
    while (left := ends - time.monotonic()) > 0:
        mine = threading.Event()
        _waiting.append(mine)
        try:
            mine.wait(min(left, LOOK_SECONDS))
        finally:
            # Also where the job is killed meanwhile: the next one to end would wake it in place of another.
            with suppress(ValueError):  # woken, and taken out by the one that woke it
                _waiting.remove(mine)
        if _taken(job_id, most):
            return True
    return False


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
    finally:
        with suppress(IndexError):  # none waits
            _waiting.popleft().set()

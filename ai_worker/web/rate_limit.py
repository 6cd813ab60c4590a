"""The rate limit of clients: counted in Redis for all API processes, or in this one where
there is no Redis.

While Redis is away each process counts by itself, so that progress can still be read; it is tried again after
a moment.
"""

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

from ai_worker.stores.redis import limits_redis, limits_url

AGAIN_SECONDS = 5.0


class RateLimit:
    """A fixed window of one minute for each client.

    Args:
        per_minute: requests that a client may send in it.
        shared: whether to count in Redis.
    """

    def __init__(self, per_minute: int, *, shared: bool) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._shared: FixedWindowRateLimiter | None = None
        if shared:
            storage = RedisStorage(
                limits_url(), connection_pool=limits_redis().connection_pool, key_prefix="ai_worker:http"
            )
            self._shared = FixedWindowRateLimiter(storage)
        self._shared_from = 0.0

    def refusal(self, client: str) -> int | None:
        """Count one request.

        Returns:
            None if it may go; else the seconds until the next window.
        """
        if self._shared and time.monotonic() >= self._shared_from:
            try:
                return self._hit(self._shared, client)
            except RedisError:
                self._shared_from = time.monotonic() + AGAIN_SECONDS
        return self._hit(self._own, client)

    def _hit(self, limiter: FixedWindowRateLimiter, client: str) -> int | None:
        if limiter.hit(self._item, client):
            return None
        reset = limiter.get_window_stats(self._item, client).reset_time
        return max(1, math.ceil(reset - time.time()))

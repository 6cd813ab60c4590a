"""The limiter of one process, for `ai-worker run` without Redis: the very scripts of `RedisLimiter`, run by
fakeredis.

So every rule stands once, in `lua/`. Other processes know nothing of what is granted here, and nothing of it
outlasts the process.
"""

from typing import Any

from fakeredis import FakeRedis, FakeServer

from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.outbound.limits.sliding_window import SlidingWindow


class LocalLimiter(RedisLimiter):
    """Gives permits to this process's threads and greenlets.

    Args:
        window: the window of the limits.
        rules: of the breakers.
    """

    def __init__(self, window: SlidingWindow | None = None, rules: Rules | None = None) -> None:
        super().__init__(_Memory(server=FakeServer(), decode_responses=True), window=window, rules=rules)


class _Memory(FakeRedis):
    """A Redis within the process."""

    def info(self, *_: Any, **__: Any) -> dict[str, str]:
        """The run id alone, which is what the limiter asks for; fakeredis has no INFO."""
        return {"run_id": "local"}

"""The time that messages wait: each carries the moment at which it was sent, by the broker's clock, so that
the machines' own clocks need not agree.
"""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import orjson
from redis.exceptions import RedisError

from ai_worker.stores.redis import broker_redis

SENT_AT = "sent_at"
"""The header."""
ASKED_EVERY = 60.0


class BrokerClock:
    """The broker's time, asked for once a minute and carried on by this process's own."""

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._asked_at = float("-inf")

    def now(self) -> float | None:
        """Seconds since 1970; None where it is not known yet."""
        if monotonic() - self._asked_at > ASKED_EVERY:
            self._asked_at = monotonic()
            try:
                self._ahead = _seconds(broker_redis().time()) - monotonic()
            except RedisError:
                # Sending the message fails, too, and says so.
                return None
        return None if self._ahead is None else monotonic() + self._ahead


clock = BrokerClock()


def oldest(lists: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Seconds that the oldest message of each queue has waited, 0 where none waits; queues whose oldest
    message does not carry its time are left out.

    Args:
        lists: queues with their lists in Redis. Messages are taken from the end of each, so of each no more
            than the last one is read.

    Raises:
        RedisError: the broker is away.
    """
    with broker_redis().pipeline(transaction=False) as pipe:
        pipe.time()
        for keys in lists.values():
            for key in keys:
                pipe.lindex(key, -1)
        now, *found = pipe.execute()
    last = iter(found)
    ages = {}
    for queue, keys in lists.items():
        sent = [_sent_at(message) for message in [next(last) for _ in keys] if message is not None]
        if None not in sent:
            ages[queue] = max((max(0.0, _seconds(now) - at) for at in sent if at is not None), default=0.0)
    return ages


def _sent_at(message: str | bytes) -> float | None:
    try:
        return float(orjson.loads(message)["headers"][SENT_AT])
    except (ValueError, TypeError, KeyError):
        # Another program's, or from before this header.
        return None


def _seconds(time: Any) -> float:
    seconds, microseconds = time
    return float(seconds) + float(microseconds) / 1e6

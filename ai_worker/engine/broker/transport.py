"""Messages from Redis, several in one round trip.

Kombu fetches one message a round trip and acknowledges each in another; both cost a row more than its model's
answer. Here nothing is acknowledged, since every queue is without acknowledgements (see celery_config.py). A
worker fetches nothing until it has a free slot, and then as many messages as a tenth of all its slots, so
that hardly anything waits in one worker while another is idle.
"""

from collections.abc import Callable
from queue import Empty
from time import monotonic
from typing import Any

import orjson
from celery.signals import worker_shutting_down
from kombu.transport import redis, virtual

from ai_worker.engine.broker.waiting_time import SENT_AT, clock

LARGEST_FETCH = 32
SLOTS_FOR_EACH_WAITING = 10


class Slots:
    """The free slots of a worker.

    Args:
        count: how many there are.
        wait: returns when one is free.
        ending: the worker is shutting down, and starts no more.
    """

    def __init__(self) -> None:
        self.count = 1
        self.wait: Callable[[], object] = lambda: None
        self.ending = False

    def fetch_count(self) -> int:
        """The number of messages to fetch."""
        return min(LARGEST_FETCH, max(1, self.count // SLOTS_FOR_EACH_WAITING))


slots = Slots()


@worker_shutting_down.connect
def _end(**_: object) -> None:
    slots.ending = True


class Unacknowledged(virtual.QoS):
    """Nothing is kept of a message that was fetched, so there is nothing to acknowledge."""

    def ack(self, delivery_tag: str) -> None:
        """Celery acknowledges what needs none, too: this transport does not tell it which consumer a message
        is for.
        """


class Channel(redis.Channel):
    """Kombu's, with BLMPOP in place of BRPOP; of several priorities the highest number comes first."""

    QoS = Unacknowledged  # type: ignore[assignment]

    def _put(self, queue: str, message: dict[str, Any], **options: Any) -> None:
        if (now := clock.now()) is not None:
            message["headers"][SENT_AT] = now
        super()._put(queue, message, **options)

    def _brpop_start(self, timeout: float | None = None) -> None:
        slots.wait()
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues:
            return
        keys = [
            self.global_keyprefix + self._q_for_pri(queue, priority)
            for priority in sorted(self.priority_steps, reverse=True)
            for queue in queues
        ]
        self._in_poll = self.client.connection
        self._brpop_sent_at = monotonic()  # type: ignore[assignment]
        wait = timeout or self.brpop_timeout or 0
        self.client.connection.send_command(
            "BLMPOP", wait, len(keys), *keys, "RIGHT", "COUNT", slots.fetch_count()
        )

    def _brpop_read(self, **options: Any) -> bool:
        try:
            try:
                fetched = self.client.parse_response(self.client.connection, "BLMPOP", **options)
            except self.connection_errors:
                # The next turn connects anew.
                self.client.connection.disconnect()
                raise
        finally:
            self._in_poll = None  # type: ignore[assignment]
            # No command is under way on this connection, so that renewed credentials may be sent on it.
            self._flush_brpop_reauth()
        if not fetched:
            raise Empty
        # The client adds the prefix to the keys of its commands, and removes it from answers to BRPOP only.
        key, messages = fetched[0].decode().removeprefix(self.global_keyprefix), fetched[1]
        queue = key.rsplit(self.sep, 1)[0]
        self._queue_cycle.rotate(queue)
        for number, message in enumerate(messages):
            if slots.ending and number:
                self.client.rpush(key, *reversed(messages[number:]))
                break
            self.connection._deliver(orjson.loads(message), queue)
        return True


class Transport(redis.Transport):
    """Kombu's, with our channel."""

    Channel = Channel


class SentinelChannel(Channel, redis.SentinelChannel):
    """The same where the primary is asked of sentinels."""


class SentinelTransport(redis.SentinelTransport):
    """Kombu's, with our channel."""

    Channel = SentinelChannel

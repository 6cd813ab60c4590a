"""The connection to the broker: soon back after an outage, and never held up by monitoring.

Celery waits up to 30 s between two attempts to reconnect; here at most RECONNECT_SECONDS, whatever the length
of the outage. And each of its monitoring events waits for the broker under one lock, so that while Redis is
away finished tasks keep their slots and a worker does not end [measured: 100 s and more with 20 slots]. Here
such events are dropped.
"""

import time
from typing import Any

from celery.app.amqp import AMQP as CeleryAMQP
from celery.app.events import Events as CeleryEvents
from celery.events.dispatcher import EventDispatcher
from kombu.connection import Connection as KombuConnection

RECONNECT_SECONDS = 5
SILENCE_SECONDS = 5.0


class Connection(KombuConnection):
    """Reconnects at short intervals, as a worker does after an outage."""

    def ensure_connection(self, *arguments: Any, **options: Any) -> Any:
        """See kombu; the intervals are ours."""
        return super().ensure_connection(
            *arguments,
            **{"interval_start": 1, "interval_step": 1, "interval_max": RECONNECT_SECONDS, **options},
        )


class AMQP(CeleryAMQP):
    """Celery's, with our connection."""

    Connection = Connection
    BrokerConnection = Connection


class Dispatcher(EventDispatcher):
    """Sends monitoring events while the broker answers, and drops them while it does not: nothing is kept,
    and no task waits.
    """

    _silent_until = 0.0

    def _publish(self, event: Any, producer: Any, routing_key: str, *arguments: Any, **options: Any) -> None:
        if time.monotonic() < self._silent_until:
            return
        super()._publish(event, producer, routing_key, *arguments, **options)
        if self._outbound_buffer:
            self._outbound_buffer.clear()
            self._silent_until = time.monotonic() + SILENCE_SECONDS


class Events(CeleryEvents):
    """Celery's, with our dispatcher."""

    dispatcher_cls = Dispatcher

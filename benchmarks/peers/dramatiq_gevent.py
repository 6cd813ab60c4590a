"""Dramatiq on gevent: `dramatiq-gevent benchmarks.peers.dramatiq_gevent --processes 1 --threads SLOTS`."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Retries

from benchmarks.peers.feeding import feed
from benchmarks.peers.work import BROKER

# Retries alone of its usual middleware: what limits age and time costs more, and the others do without it,
# too.
broker = RedisBroker(url=BROKER, middleware=[Retries(max_retries=3)])
dramatiq.set_broker(broker)


@dramatiq.actor(actor_name="ask", queue_name="ask")
def ask(row: int) -> None:
    """Work one row."""
    from benchmarks.peers.blocking import work  # noqa: PLC0415  the feeder needs none of it

    work(row)


if __name__ == "__main__":
    feed(ask.send)

"""Plain Celery, gevent: what one would write first, with the settings that the measurements of others and
ours recommend.

celery -A benchmarks.peers.plain_celery worker -P gevent -c SLOTS --prefetch-multiplier 4 --without-mingle
--without-gossip
"""

import os

from celery import Celery

from benchmarks.peers.feeding import feed
from benchmarks.peers.work import BROKER

app = Celery("plain", broker=BROKER)
app.conf.update(
    task_ignore_result=True,
    task_acks_late=os.environ.get("PEER_ACKS_LATE") == "1",
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
    # With late acknowledgement every slot may want a connection of its own to say so.
    broker_transport_options={"max_connections": 2000},
)


@app.task(name="ask")  # type: ignore[untyped-decorator]
def ask(row: int) -> None:
    """Work one row."""
    from benchmarks.peers.blocking import work  # noqa: PLC0415  the feeder needs none of it

    work(row)


if __name__ == "__main__":
    feed(lambda row: ask.apply_async((row,)))

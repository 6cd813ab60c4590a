"""The process of librdkafka's mock cluster: `python -m devtools.servers.kafka_mock FILE` writes its address
to FILE and stays.
"""

import signal
import sys
import threading
from pathlib import Path

from confluent_kafka import Producer


def main(file: Path) -> None:
    """Start the cluster, and end with a signal."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 2})
    brokers = cluster.list_topics(timeout=10).brokers.values()
    fresh = file.with_suffix(".new")
    fresh.write_text(",".join(f"{broker.host}:{broker.port}" for broker in brokers), encoding="utf-8")
    fresh.replace(file)
    ended.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Brokers for tests: the mock cluster of librdkafka, and a real one where Java and Maven are there."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer

from ai_worker.pipelines.worlds.events.consumer import TaskConsumer
from devtools.ports import free_port
from devtools.servers import maven
from devtools.servers.kafka import KafkaServer, MockKafkaServer
from devtools.servers.server import Server

REAL_FETCH_WAIT_MS = 500
"""Of librdkafka, when nobody says otherwise, and so of ours."""
MOCK_FETCH_WAIT_MS = 20
BROKERS: dict[str, type[Server]] = {"mock": MockKafkaServer, "real": KafkaServer}


def available(name: str) -> bool:
    return name == "mock" or maven.available()


@contextmanager
def broker(name: str, folder: Path) -> Iterator[str]:
    server = BROKERS[name](folder / "kafka", free_port(), folder / "kafka.log")
    server.start()
    try:
        yield server.environment()["KAFKA_BROKERS"]
    finally:
        server.kill()


class Topic:
    """One topic, written as other services write it.

    Args:
        address: of the broker.
        fetch_wait_ms: how long a consumer lets the broker hold its question while there is no message. A real
            broker answers as soon as there is one; the mock cluster looks only when the time is over.
    """

    def __init__(self, address: str, name: str, fetch_wait_ms: int = MOCK_FETCH_WAIT_MS) -> None:
        self.address = address
        self.name = name
        self._fetch_wait_ms = fetch_wait_ms
        self._producer = Producer({"bootstrap.servers": address})
        for _ in range(200):
            # Asked for by a producer, a topic is made by the broker; it takes a moment.
            if self._producer.list_topics(name, timeout=10).topics[name].error is None:
                break
            time.sleep(0.05)

    def write(self, *messages: Any, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write messages; bytes as they are, anything else as JSON."""
        for message in messages:
            value = message if isinstance(message, bytes) else json.dumps(message).encode()
            self._producer.produce(self.name, value, headers=list(headers))
        assert self._producer.flush(20) == 0

    def announce(self, *ids: str) -> None:
        """Announce jobs as the platform's world service does."""
        told = {
            "event_type": "task_created",
            "task_type": "init_world_creation",
            "world_id": "w",
            "parameters": {},
        }
        self.write(*({**told, "task_id": job_id} for job_id in ids))

    def read(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """The first messages of the topic."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.address,
                "group.id": f"read-{id(self)}",
                "auto.offset.reset": "earliest",
            }
        )
        consumer.subscribe([self.name])
        found = []
        try:
            for _ in range(round(seconds / 0.2)):
                message = consumer.poll(0.2)
                if message is not None and message.error() is None:
                    found.append({"key": message.key(), "value": json.loads(message.value() or b"")})
                if len(found) == count:
                    break
        finally:
            consumer.close()
        return found

    def configuration(self, group: str) -> dict[str, Any]:
        """A consumer's configuration as the settings make it, with quick timeouts."""
        return {
            "bootstrap.servers": self.address,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": True,
            "auto.commit.interval.ms": 100,
            "enable.auto.offset.store": False,
            "partition.assignment.strategy": "cooperative-sticky",
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 200,
            "fetch.wait.max.ms": self._fetch_wait_ms,
            "log_level": 3,
        }


@contextmanager
def consuming(
    topic: Topic,
    group: str,
    start: Callable[[Sequence[str]], int],
    report: Callable[[Any], None] | None = None,
) -> Iterator[TaskConsumer]:
    """A consumer in a thread of its own; what it raises is raised at the end."""
    consumer = TaskConsumer(topic.configuration(group), topic.name, start, report)
    stopped = threading.Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            consumer.run(stopped)
        except Exception as fault:  # noqa: BLE001 - raised again at the end
            faults.append(fault)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield consumer
    finally:
        stopped.set()
        thread.join(20)
        assert not thread.is_alive()
        if faults:
            raise faults[0]

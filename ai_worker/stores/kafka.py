"""Kafka: a publisher for any process, and the configuration of consumers.

librdkafka runs its own threads. Under gevent its blocking calls would stop the whole process, so a publisher
calls nothing but `produce` and `poll(0)`, and consumers run in processes without gevent. `confluent_kafka` is
imported at the first use.
"""

import json
import os
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ai_worker.errors import ConfigurationError, StoreUnavailable
from ai_worker.settings import settings

if TYPE_CHECKING:
    from confluent_kafka import Producer

LINGER_MILLISECONDS = 50
"""That a message waits for company: hundreds of jobs begin in a second, and no job waits for their news."""
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.005
OURS = "ai-worker"
SOURCE_HEADER = "source"
"""The header that marks our own messages, so that we never take them for work."""


class KafkaUnavailable(StoreUnavailable):
    """No broker took the message in time."""

    error_class = "kafka_unavailable"


def enabled() -> bool:
    """Return whether a broker is set."""
    return bool(settings().kafka_brokers)


def connection() -> dict[str, Any]:
    """The part of librdkafka's configuration that leads to the brokers.

    Raises:
        ConfigurationError: none is set.
    """
    told = settings()
    if not told.kafka_brokers:
        raise ConfigurationError("KAFKA_BROKERS is not set: the addresses of Kafka, e.g. kafka:9092")
    found: dict[str, Any] = {
        "bootstrap.servers": ",".join(told.kafka_brokers),
        "security.protocol": told.kafka_security_protocol,
        "client.id": OURS,
        "socket.keepalive.enable": True,
        "log_level": 3,
    }
    if told.kafka_security_protocol.startswith("SASL"):
        found["sasl.mechanism"] = told.kafka_sasl_mechanism
        found["sasl.username"] = told.kafka_username
        found["sasl.password"] = told.kafka_password.get_secret_value()
    if told.kafka_ca_file:
        found["ssl.ca.location"] = told.kafka_ca_file
    return found


def consumer_configuration(group: str) -> dict[str, Any]:
    """The configuration of a consumer that stores an offset only once its message is done with.

    A new group begins at the earliest message: `latest` would lose what was produced before the first
    assignment.
    """
    return {
        **connection(),
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.auto.commit": True,
        "auto.commit.interval.ms": 1000,
        "enable.auto.offset.store": False,
        "partition.assignment.strategy": "cooperative-sticky",
        "session.timeout.ms": 45_000,
        "max.poll.interval.ms": 300_000,
    }


class Publisher:
    """Sends messages, and waits for the broker's word where it matters.

    Args:
        configuration: of librdkafka.
    """

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._configuration = dict(configuration)
        self._made: Producer | None = None

    def send(self, topic: str, value: Mapping[str, Any], *, key: str | None = None) -> None:
        """Send a message without waiting; a fault shows in librdkafka's log alone. For what is worth nothing
        in a second.
        """
        self._produce(topic, value, key, None)

    def deliver(
        self,
        topic: str,
        value: Mapping[str, Any],
        *,
        key: str | None = None,
        ours: bool = True,
        seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Send a message and return once the brokers have it.

        Args:
            ours: whether it is marked as ours; False where another service's message is stood in for.

        Raises:
            KafkaUnavailable: they did not say so in time. The message may arrive all the same.
        """
        answers: list[object] = []
        self._produce(topic, value, key, lambda fault, message: answers.append(fault), ours=ours)
        ends = time.monotonic() + seconds
        while not answers:
            if time.monotonic() > ends:
                raise KafkaUnavailable(
                    f"Kafka: no broker confirmed a message to {topic} within {seconds:g} s"
                )
            time.sleep(POLL_SECONDS)
            self._producer().poll(0)
        if answers[0] is not None:
            raise KafkaUnavailable(f"Kafka: a message to {topic} was not taken: {answers[0]}")

    def _produce(
        self, topic: str, value: Mapping[str, Any], key: str | None, told: Any, *, ours: bool = True
    ) -> None:
        producer = self._producer()
        encoded = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        headers: dict[str, str | bytes | None] = {SOURCE_HEADER: OURS} if ours else {}
        try:
            producer.produce(topic, encoded, key=key, headers=headers, on_delivery=told)
        except BufferError:
            raise KafkaUnavailable("Kafka: too many messages wait for a broker") from None
        producer.poll(0)

    def _producer(self) -> "Producer":
        if self._made is None:
            from confluent_kafka import Producer  # noqa: PLC0415 - few processes send events

            self._made = Producer(self._configuration)
        return self._made


@lru_cache(maxsize=1)
def _publisher_of(process: int) -> Publisher:
    patience = {"message.timeout.ms": round(1000 * PATIENCE_SECONDS), "linger.ms": LINGER_MILLISECONDS}
    return Publisher({**connection(), "acks": "all", "enable.idempotence": True, **patience})


def publisher() -> Publisher:
    """The publisher of this process; a forked child makes its own."""
    return _publisher_of(os.getpid())

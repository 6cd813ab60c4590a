"""The process that reads `generia-tasks` and has the announced jobs started at once.

An offset is stored after its job is in the workers' hands: a crash repeats messages and loses none, and a
repeated message finds its job started. It runs in a process of its own, without gevent, since librdkafka's
polls block.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ai_worker.errors import ConfigurationError, WorkError
from ai_worker.pipelines.worlds.events.incoming import POISON, Announced, Skipped, read

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
BATCH = 200
RETRY_SECONDS = 1.0
PATIENCE_SECONDS = 200.0
"""Less than `max.poll.interval.ms`, after which the group would take the partitions away."""
REPORT_SECONDS = 5.0


@dataclass(slots=True)
class ConsumerState:
    """The consumer's counts since its start.

    Args:
        started: jobs that were in the workers' hands after their message.
        skipped: messages that started nothing, by reason.
        left_to_scan: jobs that could not be started in time; the scan finds them.
        lag: messages of its partitions that it has not read; None before the first assignment.
    """

    read: int = 0
    started: int = 0
    left_to_scan: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    partitions: int = 0
    lag: int | None = None


class TaskConsumer:
    """Reads one topic as a member of a group.

    Args:
        configuration: of librdkafka's consumer.
        start: has jobs started by their ids, at once, and returns how many it started; may be called again
            with the same ids.
        report: called with the state every few seconds.
    """

    def __init__(
        self,
        configuration: Mapping[str, Any],
        topic: str,
        start: Callable[[Sequence[str]], int],
        report: Callable[[ConsumerState], None] | None = None,
    ) -> None:
        self.state = ConsumerState()
        self._configuration = dict(configuration)
        self._topic = topic
        self._start = start
        self._report = report

    def run(self, stopped: threading.Event) -> None:
        """Read until `stopped` is set.

        Raises:
            ConfigurationError: the brokers refuse us for good.
        """
        from confluent_kafka import Consumer  # noqa: PLC0415 - one process of a deployment reads events

        consumer = Consumer(self._configuration)
        consumer.subscribe([self._topic])
        reported = 0.0
        try:
            while not stopped.is_set():
                messages = self._read(consumer)
                if messages:
                    self._handle(messages, stopped)
                    _store(consumer, messages)
                if self._report is not None and time.monotonic() - reported > REPORT_SECONDS:
                    reported = time.monotonic()
                    self._measure(consumer)
                    self._report(self.state)
        finally:
            # Commits what is stored and leaves the group, so that others take over at once.
            consumer.close()

    def _read(self, consumer: "Consumer") -> "list[Message]":
        """The messages that are there; returns with the first, since waiting for more would delay it."""
        first = consumer.poll(POLL_SECONDS)
        if first is None:
            return []
        return [message for message in [first, *consumer.consume(BATCH, 0)] if self._usable(message)]

    def _usable(self, message: "Message") -> bool:
        error = message.error()
        if error is None:
            return True
        if error.fatal():
            raise ConfigurationError(f"Kafka refuses the consumer of {self._topic}: {error.str()}")
        log.warning("[Kafka] %s: %s; the client tries again by itself", self._topic, error.str())
        return False

    def _handle(self, messages: "Sequence[Message]", stopped: threading.Event) -> None:
        ids: dict[str, None] = {}
        for message in messages:
            self.state.read += 1
            found = read(message.value(), message.headers())
            if isinstance(found, Announced):
                ids[found.task_id] = None
            else:
                self._skip(message, found)
        if ids:
            self._start_all(list(ids), stopped)

    def _skip(self, message: "Message", reason: Skipped) -> None:
        self.state.skipped[reason.value] += 1
        if reason in POISON:
            place = f"{message.topic()}[{message.partition()}] offset {message.offset()}"
            log.warning("[Kafka] %s skipped: %s; correct its sender", place, reason.value)

    def _start_all(self, ids: list[str], stopped: threading.Event) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.state.started += self._start(ids)
                return
            except WorkError as fault:
                if not fault.retry or time.monotonic() > ends or stopped.is_set():
                    self.state.left_to_scan += len(ids)
                    log.error("[Kafka] %d jobs are left to the scan: %s", len(ids), fault)
                    return
                log.warning("[Kafka] %d jobs not started, again in %g s: %s", len(ids), RETRY_SECONDS, fault)
                stopped.wait(RETRY_SECONDS)

    def _measure(self, consumer: "Consumer") -> None:
        from confluent_kafka import KafkaException  # noqa: PLC0415

        try:
            places = consumer.position(consumer.assignment())
            lag = 0
            for place in places:
                low, high = consumer.get_watermark_offsets(place, cached=True)
                if high >= 0:
                    lag += high - (place.offset if place.offset >= 0 else max(low, 0))
            self.state.partitions, self.state.lag = len(places), lag if places else None
        except KafkaException as fault:
            log.info("[Kafka] the lag is not known at the moment: %s", fault)


def _store(consumer: "Consumer", messages: "Sequence[Message]") -> None:
    from confluent_kafka import KafkaException  # noqa: PLC0415

    for message in messages:
        try:
            consumer.store_offsets(message=message)
        except KafkaException as fault:
            # The partition belongs to another member by now, which reads the message again.
            log.info("[Kafka] offset %s not stored: %s", message.offset(), fault)

"""Messages over a real Redis: several in one round trip, nothing kept of them, and those not started given
back.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from kombu import Consumer, Exchange, Message, Queue

import celery_config
from ai_worker.engine.broker import transport
from ai_worker.engine.broker.connection import Connection
from ai_worker.engine.broker.transport import Slots

TRANSPORT = celery_config.broker_transport


@pytest.fixture
def slots(monkeypatch: pytest.MonkeyPatch) -> Slots:
    """A worker's slots, many and free."""
    slots = Slots()
    slots.count = 100
    monkeypatch.setattr(transport, "slots", slots)
    return slots


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    """A queue of this test's own."""
    name = f"test.{secrets.token_hex(6)}"
    yield Queue(name, Exchange(name), routing_key=name, no_ack=True)
    with redis.Redis.from_url(redis_url) as client:
        client.delete(name, f"_kombu.binding.{name}")


def _waiting(redis_url: str, queue: Queue) -> int:
    with redis.Redis.from_url(redis_url) as client:
        return int(client.llen(queue.name))  # type: ignore[arg-type]


def _publish(connection: Connection, queue: Queue, count: int) -> None:
    producer = connection.Producer()
    with producer.batch():
        for number in range(count):
            producer.publish(number, exchange=queue.exchange, routing_key=queue.routing_key, declare=[queue])


def _consumed(connection: Connection, queue: Queue, handle: Callable[[Any, Message], None]) -> None:
    """One turn of a worker's loop."""
    with Consumer(connection, queues=[queue], callbacks=[handle], no_ack=True):
        connection.drain_events(timeout=5)


def test_one_round_trip_brings_a_tenth_of_as_many_messages_as_there_are_slots(
    redis_url: str, queue: Queue, slots: Slots
) -> None:
    got: list[Any] = []
    with Connection(redis_url, transport=TRANSPORT) as connection:
        _publish(connection, queue, 25)
        slots.count = 70
        _consumed(connection, queue, lambda body, message: got.append(body))
    assert got == list(range(7)), "oldest first"
    assert _waiting(redis_url, queue) == 18


def test_nothing_is_fetched_before_a_slot_is_free(redis_url: str, queue: Queue, slots: Slots) -> None:
    waiting_when_one_was_free: list[int] = []
    slots.wait = lambda: waiting_when_one_was_free.append(_waiting(redis_url, queue))
    with Connection(redis_url, transport=TRANSPORT) as connection:
        _publish(connection, queue, 3)
        _consumed(connection, queue, lambda body, message: None)
    assert waiting_when_one_was_free == [3]


def test_acknowledging_what_needs_none_keeps_nothing(redis_url: str, queue: Queue, slots: Slots) -> None:
    with Connection(redis_url, transport=TRANSPORT) as connection, redis.Redis.from_url(redis_url) as client:
        _publish(connection, queue, 5)
        channels: list[Any] = []

        def handle(body: Any, message: Message) -> None:
            channels.append(message.channel)
            message.ack()

        _consumed(connection, queue, handle)
        assert len(channels) == 5
        assert not client.exists("unacked", "unacked_index")
        assert not channels[0].qos._dirty


def test_a_worker_told_to_end_gives_back_what_it_has_not_started(
    redis_url: str, queue: Queue, slots: Slots
) -> None:
    got: list[Any] = []

    def handle(body: Any, message: Message) -> None:
        got.append(body)
        slots.ending = len(got) >= 3

    with Connection(redis_url, transport=TRANSPORT) as connection:
        _publish(connection, queue, 10)
        _consumed(connection, queue, handle)
        assert got == [0, 1, 2]
        assert _waiting(redis_url, queue) == 7
        slots.ending = False
        _consumed(connection, queue, handle)
    assert got[3] == 3, "in their old order"


@pytest.mark.parametrize(("count", "room"), [(1000, 32), (100, 10), (19, 1), (5, 1), (1, 1)])
def test_a_worker_keeps_at_most_a_tenth_of_its_slots_ready(count: int, room: int) -> None:
    slots = Slots()
    slots.count = count
    assert slots.fetch_count() == room

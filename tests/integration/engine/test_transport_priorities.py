"""Priorities, the key prefix and renewed credentials over a real Redis."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import Celery, current_app
from kombu import Consumer, Exchange, Queue
from kombu.transport.redis import Channel as KombuChannel

import celery_config
from ai_worker.engine.broker import transport
from ai_worker.engine.broker.connection import AMQP, Connection
from ai_worker.engine.broker.transport import Channel, Slots
from ai_worker.engine.dispatch import queues
from ai_worker.engine.dispatch.queues import PRIORITY_STEPS, queue_lengths

TRANSPORT = celery_config.broker_transport


@pytest.fixture(autouse=True)
def slots(monkeypatch: pytest.MonkeyPatch) -> Slots:
    """Few slots: one message in a round trip."""
    slots = Slots()
    monkeypatch.setattr(transport, "slots", slots)
    return slots


@pytest.fixture
def prefix() -> str:
    return f"test:{secrets.token_hex(6)}:"


@pytest.fixture
def queue(redis_url: str, prefix: str) -> Iterator[Queue]:
    name = f"test.{secrets.token_hex(6)}"
    yield Queue(name, Exchange(name), routing_key=name, no_ack=True)
    with redis.Redis.from_url(redis_url) as client:
        if keys := [*client.scan_iter(f"*{name}*", count=1000), *client.scan_iter(f"{prefix}*", count=1000)]:
            client.delete(*keys)


def _connection(redis_url: str, **options: Any) -> Connection:
    return Connection(redis_url, transport=TRANSPORT, transport_options=options)


def _publish(connection: Connection, queue: Queue, *priorities: int) -> None:
    producer = connection.Producer()
    for priority in priorities:
        producer.publish(
            priority, exchange=queue.exchange, routing_key=queue.name, declare=[queue], priority=priority
        )


def _consume(connection: Connection, queue: Queue, turns: int) -> list[Any]:
    got: list[Any] = []
    with Consumer(connection, queues=[queue], callbacks=[lambda body, _: got.append(body)], no_ack=True):
        for _ in range(turns):
            connection.drain_events(timeout=5)
    return got


def _keys(redis_url: str, queue: Queue) -> set[str]:
    with redis.Redis.from_url(redis_url) as client:
        return {key.decode() for key in client.scan_iter(f"*{queue.name}*", count=1000)}


def test_messages_of_higher_priority_come_first(redis_url: str, queue: Queue) -> None:
    with _connection(redis_url) as connection:
        _publish(connection, queue, 0, 0, 3, 9, 0, 6, 9)
        assert _consume(connection, queue, 7) == [9, 9, 6, 3, 0, 0, 0]


def test_a_late_message_of_higher_priority_overtakes_those_that_wait(redis_url: str, queue: Queue) -> None:
    with _connection(redis_url) as connection:
        _publish(connection, queue, 0, 0, 0)
        assert _consume(connection, queue, 1) == [0]
        _publish(connection, queue, 9)
        assert _consume(connection, queue, 3) == [9, 0, 0]


def test_every_key_of_a_queue_has_the_prefix(redis_url: str, queue: Queue, prefix: str) -> None:
    with _connection(redis_url, global_keyprefix=prefix) as connection:
        _publish(connection, queue, 0, 9)
        assert {key for key in _keys(redis_url, queue) if not key.startswith(prefix)} == set()
        assert _consume(connection, queue, 2) == [9, 0]
    with _connection(redis_url) as connection:
        _publish(connection, queue, 3)
        assert _consume(connection, queue, 1) == [3], "of another deployment in the same database"


def test_messages_given_back_keep_the_prefix(redis_url: str, queue: Queue, prefix: str, slots: Slots) -> None:
    slots.count, slots.ending = 100, True
    with _connection(redis_url, global_keyprefix=prefix) as connection:
        _publish(connection, queue, 3, 3, 3)
        assert _consume(connection, queue, 1) == [3]
        slots.ending = False
        assert _consume(connection, queue, 1) == [3, 3]


@pytest.fixture
def app(redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    before = current_app._get_current_object()
    app = Celery("priorities", broker=redis_url, amqp=AMQP, set_as_current=True)
    app.conf.broker_transport = TRANSPORT
    app.conf.broker_transport_options = {"global_keyprefix": prefix}
    client = redis.Redis.from_url(redis_url)
    monkeypatch.setattr(queues, "broker_redis", lambda: client)
    yield app
    client.close()
    app.close()
    before.set_current()


def test_lengths_of_queues_count_every_priority_under_the_prefix(app: Celery, queue: Queue) -> None:
    with app.connection_for_write() as connection:
        _publish(connection, queue, 0, 0, 3, 9)
    assert queue_lengths([queue.name, "another"]) == {queue.name: 4, "another": 0}
    assert tuple(KombuChannel.priority_steps) == PRIORITY_STEPS


def test_renewed_credentials_are_sent_once_no_fetch_is_under_way(
    redis_url: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_poll_at_each_look: list[Any] = []
    flush = Channel._flush_brpop_reauth

    def looked(channel: Channel) -> None:
        in_poll_at_each_look.append(channel._in_poll)
        flush(channel)

    monkeypatch.setattr(Channel, "_flush_brpop_reauth", looked)
    sent: list[str] = []
    with _connection(redis_url) as connection:
        _publish(connection, queue, 0, 0)
        assert _consume(connection, queue, 1) == [0]
        channel = connection.default_channel
        fetching = channel.client.connection
        monkeypatch.setattr(fetching, "_re_auth_token", "renewed", raising=False)
        monkeypatch.setattr(fetching, "re_auth", lambda: sent.append(fetching._re_auth_token))
        assert _consume(connection, queue, 1) == [0]
    assert "renewed" in sent
    assert in_poll_at_each_look[0] is None, "the answer was read before"

"""The age of the oldest message of a queue, by the broker's clock alone."""

import json
from typing import Any

import pytest
from celery import current_app

from ai_worker.engine.broker import transport, waiting_time
from ai_worker.engine.broker.waiting_time import SENT_AT, BrokerClock, oldest
from ai_worker.engine.dispatch.queues import lists_of
from ai_worker.stores.redis import broker_redis
from tests.integration.web.conftest import deploy, deployment, model

__all__ = ["deploy", "deployment", "model"]
pytestmark = pytest.mark.usefixtures("deployment")
LISTS = {"scans": lists_of("scans"), "bulk": lists_of("bulk")}


def send(queue: str, priority: int = 0) -> None:
    current_app.tasks["heartbeat.mark"].apply_async(("bulk",), queue=queue, priority=priority)


def shift(key: str, seconds: float, at: int = -1) -> None:
    """Have a message be sent that much earlier."""
    redis: Any = broker_redis()
    message = json.loads(redis.lindex(key, at) or "")
    message["headers"][SENT_AT] -= seconds
    redis.lset(key, at, json.dumps(message))


def test_the_oldest_message_counts_of_whatever_priority() -> None:
    assert oldest(LISTS) == {"scans": 0.0, "bulk": 0.0}
    for _ in range(2):
        send("scans")
        send("scans", 9)
    ages = oldest(LISTS)
    assert 0 <= ages["scans"] < 30 and ages["bulk"] == 0
    first = lists_of("scans")[0]
    shift(first, 1000, at=0)
    assert oldest(LISTS)["scans"] < 30, "the newest is not looked at: it would be the last to be taken"
    shift(first, 400)
    assert 400 <= oldest(LISTS)["scans"] < 430
    shift(lists_of("scans")[-1], 700)
    assert 700 <= oldest(LISTS)["scans"] < 730


@pytest.mark.parametrize("strange", ["no JSON", "[]", '{"headers": {}}', '{"headers": {"sent_at": "soon"}}'])
def test_of_a_message_that_does_not_tell_nothing_is_said(strange: str) -> None:
    send("bulk")
    broker_redis().rpush(lists_of("scans")[0], strange)
    assert oldest(LISTS).keys() == {"bulk"}


def test_a_machine_whose_clock_is_wrong_changes_no_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1.0)
    monkeypatch.setattr(waiting_time, "monotonic", lambda: 5_000_000.0)
    monkeypatch.setattr(transport, "clock", BrokerClock())
    send("scans")
    assert oldest(LISTS)["scans"] < 30


def test_the_broker_is_asked_for_its_time_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, seconds = [], [1000.0]

    class Broker:
        def time(self) -> tuple[int, int]:
            asked.append(seconds[0])
            return 50_000 + len(asked), 250_000

    monkeypatch.setattr(waiting_time, "broker_redis", Broker)
    monkeypatch.setattr(waiting_time, "monotonic", lambda: seconds[0])
    clock = BrokerClock()
    assert clock.now() == 50_001.25
    seconds[0] = 1060.0
    assert clock.now() == 50_061.25
    assert asked == [1000.0]
    seconds[0] = 1061.0
    assert clock.now() == 50_002.25

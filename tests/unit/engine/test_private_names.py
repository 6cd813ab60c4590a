"""Private names of kombu, Celery and gevent that the engine relies on: a version without them fails here."""

import inspect

import pytest
from celery.events.dispatcher import EventDispatcher
from gevent.pool import Pool
from kombu.transport import redis

from ai_worker.engine.broker.connection import Dispatcher
from ai_worker.engine.broker.transport import Channel


@pytest.mark.parametrize("name", ["_brpop_start", "_brpop_read"])
def test_the_channel_overrides_what_kombu_calls(name: str) -> None:
    assert name in vars(Channel) and callable(vars(redis.Channel)[name])
    calls = inspect.getsource(redis.Channel) + inspect.getsource(redis.MultiChannelPoller)
    assert calls.count(name) > 1, "kombu defines it and no longer calls it"


@pytest.mark.parametrize("name", ["_in_poll", "_queue_cycle", "_q_for_pri", "active_queues", "brpop_timeout"])
def test_the_channel_reads_attributes_that_kombu_keeps(name: str) -> None:
    assert name in inspect.getsource(redis.Channel)


def test_the_dispatcher_overrides_what_celery_calls() -> None:
    theirs = inspect.getsource(EventDispatcher)
    assert "_publish" in vars(Dispatcher)
    assert "self._publish(" in theirs and "self._outbound_buffer" in theirs
    parameters = list(inspect.signature(EventDispatcher._publish).parameters)
    assert parameters[:4] == ["self", "event", "producer", "routing_key"]


def test_gevents_pool_waits_for_a_free_slot() -> None:
    assert callable(Pool.wait_available)

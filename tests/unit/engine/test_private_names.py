"""The private names of kombu and Celery that the engine overrides or calls: a release without them fails
here, not in a worker that no longer hears.
"""

import inspect
from typing import Any

import pytest
from celery.concurrency.gevent import TaskPool
from celery.events.dispatcher import EventDispatcher
from gevent.pool import Pool
from kombu.transport import redis, virtual

from ai_worker.engine.broker.connection import Dispatcher
from ai_worker.engine.broker.transport import Channel


def _source(of: Any) -> str:
    return inspect.getsource(of)


def _parameters(of: Any) -> list[str]:
    return list(inspect.signature(of).parameters)


@pytest.mark.parametrize("name", ["_brpop_start", "_brpop_read", "_flush_brpop_reauth", "_q_for_pri"])
def test_kombus_channel_has_the_methods_that_ours_overrides_or_calls(name: str) -> None:
    assert inspect.isfunction(getattr(redis.Channel, name))


def test_kombu_starts_and_reads_its_fetches_by_these_methods() -> None:
    poller = _source(redis.MultiChannelPoller)
    assert "channel._brpop_start()" in poller
    assert "channel._in_poll" in poller
    assert "'BRPOP': self._brpop_read" in _source(redis.Channel)
    assert "channel._brpop_sent_at" in poller
    assert _parameters(redis.Channel._brpop_start) == ["self", "timeout"] == _parameters(Channel._brpop_start)
    assert _parameters(redis.Channel._brpop_read) == ["self", "options"] == _parameters(Channel._brpop_read)


def test_kombus_channel_has_the_attributes_that_ours_reads() -> None:
    for name in ("_in_poll", "_brpop_sent_at", "global_keyprefix", "priority_steps", "sep"):
        assert hasattr(redis.Channel, name), name
    made = _source(redis.Channel.__init__) + _source(virtual.Channel.__init__)
    for name in ("_queue_cycle", "connection_errors", "brpop_timeout"):
        assert name in made + _source(redis.Channel), name
    assert inspect.isfunction(virtual.Transport._deliver)


def test_celery_publishes_its_events_by_the_method_that_ours_overrides() -> None:
    assert "self._publish(" in _source(EventDispatcher.publish)
    ours, theirs = _parameters(Dispatcher._publish), _parameters(EventDispatcher._publish)
    assert ours[:4] == theirs[:4] == ["self", "event", "producer", "routing_key"]
    assert "_outbound_buffer.append" in _source(EventDispatcher._publish)


def test_a_gevent_pool_can_be_waited_for_and_resized() -> None:
    assert inspect.isfunction(Pool.wait_available)
    assert "self._pool" in _source(TaskPool.on_start)
    assert inspect.isfunction(TaskPool.grow)
    assert inspect.isfunction(TaskPool.shrink)

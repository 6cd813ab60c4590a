import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ai_worker.outbound.endpoint import Endpoint, Limits
from ai_worker.outbound.limits import current as limiters
from ai_worker.outbound.limits import redis_limiter
from ai_worker.outbound.limits.call_slots import CallSlots
from ai_worker.outbound.limits.current import limiter, limits_are_local
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.settings import settings
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("LIMITS_REDIS_URL", raising=False)
    settings.cache_clear()
    limiters._limiter.cache_clear()
    yield
    settings.cache_clear()
    limiters._limiter.cache_clear()


def test_without_redis_limits_are_the_processes_own() -> None:
    assert limits_are_local()
    assert isinstance(limiter(), LocalLimiter)


@pytest.mark.parametrize("variable", ["REDIS_URL", "LIMITS_REDIS_URL"])
def test_with_redis_they_are_the_clusters_and_making_the_gate_connects_to_nothing(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "redis://127.0.0.1:1/0")
    assert not limits_are_local()
    assert isinstance(limiter(), RedisLimiter)
    assert limiter() is limiter()


def test_a_call_that_was_woken_for_a_place_waits_for_no_company(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though all slots are taken: its place is idle meanwhile, and it goes before others to the next slot."""
    monkeypatch.setattr(redis_limiter, "call_slots", taken := CallSlots())
    taken.bound(0)
    made = LocalLimiter()
    ask = made._batches.ask
    hurries: list[bool] = []

    def watched(want: Any, timeout: float, *, urgent: bool = False) -> Any:
        hurries.append(urgent)
        return ask(want, timeout, urgent=urgent)

    monkeypatch.setattr(made._batches, "ask", watched)
    asked = Endpoint("m", "offline", "http://m", limits=Limits(in_flight=1))
    first = made.acquire(asked)
    second = threading.Thread(target=made.acquire, args=(asked,), kwargs={"patience": 10.0})
    second.start()
    wait_until(lambda: made._wait_queue._queues, "the second waits")
    made.settle(first)
    second.join(10)
    assert not second.is_alive() and hurries == [False, False, True]
    made.close()

from collections.abc import Iterator

import pytest

from ai_worker.outbound.limits import current as limiters
from ai_worker.outbound.limits.current import limiter, limits_are_local
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.limits.redis_limiter import RedisLimiter
from ai_worker.settings import settings


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

from collections.abc import Iterator

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.settings import settings
from ai_worker.stores.redis import broker_url, connect, limits_url, next_database


@pytest.fixture(autouse=True)
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.delenv("LIMITS_REDIS_URL", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    ("url", "following"),
    [
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/1"),
        ("redis://127.0.0.1:6379/", "redis://127.0.0.1:6379/1"),
        ("redis://user:p%40ss@host:6379/4", "redis://user:p%40ss@host:6379/5"),
        ("rediss://host/2?ssl_cert_reqs=none", "rediss://host/3?ssl_cert_reqs=none"),
        ("redis://host:6379?db=7", "redis://host:6379?db=8"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=1"),
        ("unix:///run/redis.sock?db=2", "unix:///run/redis.sock?db=3"),
    ],
)
def test_limits_live_in_the_database_after_the_brokers(url: str, following: str) -> None:
    assert next_database(url) == following
    options = connect(following).connection_pool.connection_kwargs
    assert options["db"] == (connect(url).connection_pool.connection_kwargs.get("db") or 0) + 1


def test_a_url_of_ones_own_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://one/0")
    monkeypatch.setenv("LIMITS_REDIS_URL", "redis://two/0")
    assert (broker_url(), limits_url()) == ("redis://one/0", "redis://two/0")


def test_a_missing_or_odd_address_is_named() -> None:
    with pytest.raises(ConfigurationError, match="REDIS_URL is not set"):
        limits_url()
    with pytest.raises(ConfigurationError, match="must be a number"):
        next_database("redis://host/first")

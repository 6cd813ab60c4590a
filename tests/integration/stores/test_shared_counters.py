"""Counters of several processes, on a real Redis."""

from collections.abc import Callable, Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ai_worker.observe.metrics import MODEL_CALL_SECONDS, ROWS_ENDED
from ai_worker.settings import settings
from ai_worker.stores.shared_counters import MOST_SERIES, SharedCounters, read_counters
from ai_worker.web import metrics
from devtools.servers.redis import RedisServer

LABELS = ("corrections", "item", "finished", "")


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch, redis_server: Callable[[], RedisServer]) -> Iterator[RedisServer]:
    server = redis_server()
    for name, value in {**server.environment(), "PIPELINES": ""}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield server
    settings.cache_clear()


def sample(name: str, **labels: str) -> float:
    """One number of the page, as Prometheus reads it."""
    families = text_string_to_metric_families(metrics.page().decode())
    [value] = [
        found.value
        for family in families
        for found in family.samples
        if found.name == name and labels.items() <= found.labels.items()
    ]
    return float(value)


def test_what_two_processes_count_is_added_up(redis: RedisServer) -> None:
    one, other = SharedCounters(), SharedCounters()
    one.count(ROWS_ENDED, LABELS)
    other.count(ROWS_ENDED, LABELS, 2)
    assert one.flush()
    assert other.flush()
    one.count(ROWS_ENDED, LABELS)
    assert one.flush()
    assert sample("ai_worker_rows_ended_total", pipeline="corrections", outcome="finished") == 4


def test_a_histogram_is_cumulative(redis: RedisServer) -> None:
    counters = SharedCounters()
    for seconds in (0.05, 0.1, 0.3, 500.0):
        counters.observe(MODEL_CALL_SECONDS, ("offline/large",), seconds)
    counters.flush()
    name = "ai_worker_model_call_seconds"
    buckets = {bound: sample(f"{name}_bucket", le=bound) for bound in ("0.1", "0.25", "0.5", "90.0", "+Inf")}
    assert buckets == {"0.1": 2, "0.25": 2, "0.5": 3, "90.0": 3, "+Inf": 4}
    assert sample(f"{name}_count") == 4
    assert sample(f"{name}_sum") == pytest.approx(500.45)


def test_while_redis_is_away_counts_wait(redis: RedisServer) -> None:
    counters = SharedCounters()
    redis.stop()
    counters.count(ROWS_ENDED, LABELS, 5)
    assert not counters.flush()
    redis.start()
    assert counters.flush()
    assert read_counters()["ai_worker_rows_ended", LABELS, ""] == 5


def test_a_label_without_a_bound_costs_no_memory_without_one(redis: RedisServer) -> None:
    counters = SharedCounters()
    for number in range(MOST_SERIES + 100):
        counters.count(ROWS_ENDED, (str(number), "", "", ""))
    counters.flush()
    assert len(read_counters()) <= MOST_SERIES


def test_the_version_is_on_the_page(redis: RedisServer) -> None:
    assert sample("ai_worker_build_info") == 1

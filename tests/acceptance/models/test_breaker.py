"""Breaker and outage of the limits' Redis, with real workers: who stops, who does not, and that all goes on
by itself.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.acceptance.models.conftest import NewCluster, add_task, idle, texts
from tests.waiting import wait_until

FIRST_OPENING_SECONDS = 5.0


def test_the_breaker_opens_and_one_probe_at_a_time_tries_until_it_closes(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell({"fault": "500", "match": {"model": "offline-large"}}, latency=0.2)
    id_task = add_task(cluster, texts(40))
    healthy = add_task(cluster, texts(40, 100), "healthy")
    cluster.await_ready(*(cluster.worker(slots=10) for _ in range(2)))
    cluster.beat()
    wait_until(lambda: _is_open(cluster.command("status")), "it is open", seconds=60)
    assert cluster.await_task(healthy)["records_failed"] == 0, "another model of the same provider goes on"
    wait_until(lambda: _opened(cluster), "a probe", seconds=30)
    cluster.model.tell(latency=0.2)
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (40, 0)
    asked, opened = _asked(cluster), _opened(cluster)
    assert 10 <= opened <= 30, "ten failures open it, and those already under way then"
    closed = next(number for number, entry in enumerate(asked) if entry["answered"] == "answered")
    probes = asked[opened : closed + 1]
    assert len(probes) >= 2, "it opened again after a probe that failed"
    for before, probe in pairwise([asked[opened - 1], *probes]):
        seconds = FIRST_OPENING_SECONDS if probe is probes[0] else 2 * FIRST_OPENING_SECONDS
        assert probe["monotonic"] - before["ended"] >= 0.9 * seconds, (
            "exactly one probe cluster-wide, and later after a failed one"
        )
    assert asked[closed + 1]["monotonic"] >= probes[-1]["ended"], "the others wait for the probe's answer"
    assert "circuit closed" in cluster.command("status")


def _is_open(status: str) -> bool:
    return "circuit open" in status and "server_fault" in status


def _opened(cluster: Cluster) -> int:
    """How many calls there were before it opened: the number of the first one that came after a long pause; 0
    while there is none.
    """
    arrivals = [entry["monotonic"] for entry in _asked(cluster)]
    return next(
        (number for number, (one, next_one) in enumerate(pairwise(arrivals), 1) if next_one - one > 4), 0
    )


def _asked(cluster: Cluster) -> list[dict[str, Any]]:
    return sorted(
        (entry for entry in cluster.model.requests() if entry["model"] == "offline-large"),
        key=lambda entry: entry["monotonic"],
    )


def test_without_redis_nothing_is_asked_and_calls_go_on_when_it_is_back(
    new_cluster: NewCluster, redis_server: Callable[[], RedisServer]
) -> None:
    limits = redis_server()
    cluster = new_cluster(LIMITS_REDIS_URL=limits.url)
    cluster.model.tell(latency=0.3)
    id_task = add_task(cluster, texts(150))
    workers = [cluster.worker(slots=5) for _ in range(2)]
    cluster.await_ready(*workers)
    cluster.beat()
    wait_until(lambda: cluster.model.counts()["total"] >= 20, "some calls", seconds=30)
    limits.kill()
    wait_until(lambda: idle(cluster), "calls under way to end")
    asked = cluster.model.counts()["total"]
    wait_until(
        lambda: any("limits unreachable" in worker.said() for worker in workers), "the workers to notice"
    )
    assert "limits unreachable" in cluster.command("status")
    assert cluster.model.counts()["total"] == asked
    limits.start()
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (150, 0)
    assert {item["attempts"] for item in cluster.items(id_task)} == {0}
    assert cluster.model.counts()["total"] == 150

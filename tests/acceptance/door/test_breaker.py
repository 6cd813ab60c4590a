"""Breaker and outage of the limits' Redis, with real workers: who stops, who does not, and that all goes on by itself."""

from collections.abc import Callable
from typing import Any

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.acceptance.door.conftest import NewCluster, add_task, idle, texts
from tests.waiting import wait_until

FIRST_OPENING_SECONDS = 5.0


def test_the_breaker_opens_and_one_probe_at_a_time_tries_until_it_closes(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell({"fault": "500", "match": {"model": "offline-large"}}, latency=0.2)
    id_task = add_task(cluster, texts(40))
    healthy = add_task(cluster, texts(40, 100), "healthy")
    cluster.await_ready(*(cluster.worker(slots=10) for _ in range(2)))
    cluster.beat()
    wait_until(lambda: len(_failed(cluster)) >= 10, "ten failures", seconds=30)
    wait_until(lambda: "circuit open" in cluster.command("status"), "it is open", every=0.5)
    assert "calls failed, last: server_fault" in cluster.command("status")
    assert cluster.await_task(healthy)["records_failed"] == 0, "another model of the same provider goes on"
    opened = len(_failed(cluster))
    assert opened <= 30, "ten failures open it, and those already under way then"
    wait_until(lambda: len(_failed(cluster)) > opened, "a probe", seconds=30)
    cluster.model.tell(latency=0.2)
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (40, 0)
    probes = _asked(cluster)[opened : opened + 2]
    assert [probe["answered"] for probe in probes] == ["500", "answered"], "it opened again after a probe that failed"
    for probe in probes:
        within = [other for other in _asked(cluster) if probe["monotonic"] < other["monotonic"] < probe["ended"]]
        assert not within, "exactly one probe cluster-wide"
    assert probes[0]["monotonic"] - _asked(cluster)[opened - 1]["ended"] >= FIRST_OPENING_SECONDS * 0.9
    assert probes[1]["monotonic"] - probes[0]["ended"] >= 2 * FIRST_OPENING_SECONDS * 0.9, "longer after a failed probe"
    assert "circuit closed" in cluster.command("status")


def _asked(cluster: Cluster) -> list[dict[str, Any]]:
    return sorted((entry for entry in cluster.model.requests() if entry["model"] == "offline-large"), key=lambda entry: entry["monotonic"])


def _failed(cluster: Cluster) -> list[dict[str, Any]]:
    return [entry for entry in _asked(cluster) if entry["answered"] == "500"]


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
    wait_until(lambda: any("limits unreachable" in worker.said() for worker in workers), "the workers to notice")
    assert "limits unreachable" in cluster.command("status")
    assert cluster.model.counts()["total"] == asked
    limits.start()
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (150, 0)
    assert {item["attempts"] for item in cluster.items(id_task)} == {0}
    assert cluster.model.counts()["total"] == 150

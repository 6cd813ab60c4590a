"""A worker that is cut off from every store, while the model still answers it: its rows go to others, and
what it holds is dropped when it is back.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.acceptance.cluster import Cluster, Worker
from tests.acceptance.faults.partition import Partition, partition
from tests.waiting import wait_until

IN_HAND = 4
LATER = 6


@pytest.fixture
def network() -> Iterator[Partition]:
    with partition() as opened:
        yield opened


def test_a_worker_without_its_stores_harms_no_row(corrections_cluster: Cluster, network: Partition) -> None:
    cluster = corrections_cluster
    cluster.environment["MODEL_DEADLINE_SECONDS"] = "60"
    cluster.model.tell(latency=3.0)
    cut_off = _behind(cluster, network)
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    id_task = cluster.add_task([f"A text with a mistaek, number {number}." for number in range(IN_HAND)])
    wait_until(lambda: cluster.model.counts()["in_flight"] == IN_HAND, "rows in hand", seconds=40)
    network.cut()
    wait_until(lambda: cluster.model.counts()["in_flight"] == 0, "answers that nobody can store", seconds=30)
    cluster.model.tell()
    other = cluster.worker("other", queues="corrections")
    task = cluster.await_task(id_task)
    before = cluster.items(id_task)
    assert (task["records_processed"], task["records_failed"]) == (IN_HAND, 0)
    assert {row["lost"] for row in before} == {1}
    network.heal()
    wait_until(
        lambda: cut_off.said().count("taken over by another worker") == IN_HAND, "late answers", seconds=60
    )
    assert cluster.items(id_task) == before
    assert cluster.model.counts()["total"] == 2 * IN_HAND
    other.kill()
    cluster.await_task(cluster.add_task([f"A later text, number {number}." for number in range(LATER)]))
    assert cluster.model.counts()["total"] == 2 * IN_HAND + LATER
    assert cut_off.process.poll() is None


def _behind(cluster: Cluster, network: Partition) -> Worker:
    """A worker that finds the stores and the model across a network of its own."""
    environment = cluster.environment
    host, mysql = network.through(int(environment["MYSQL_PORT"]))
    redis_port, model_port = (urlsplit(environment[name]).port for name in ("REDIS_URL", "OFFLINE_URL"))
    assert redis_port and model_port
    redis = "{}:{}".format(*network.through(redis_port))
    model = "{}:{}".format(*network.through(model_port, cut=False))
    settings: Any = {
        "MYSQL_HOST": host,
        "MYSQL_PORT": str(mysql),
        **{name: _at(environment[name], redis) for name in ("REDIS_URL", "LIMITS_REDIS_URL")},
        "OFFLINE_URL": _at(environment["OFFLINE_URL"], model),
        "LOOPBACK_GUARD_ALLOWED": ",".join({host, model.partition(":")[0]}),
    }
    return cluster.worker("cut off", queues="corrections", launcher=network.launcher, **settings)


def _at(url: str, place: str) -> str:
    parts = urlsplit(url)
    login, found, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}{found}{place}").geturl()

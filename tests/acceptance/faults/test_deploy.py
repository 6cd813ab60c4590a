"""Guarantee 11: a clean deploy. SIGTERM under load ends with status 0 within the grace period, loses nothing
and asks nothing twice.
"""

import time

import pytest

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.servers import freeze, thaw
from tests.waiting import wait_until

GRACE_SECONDS = 20.0
CALL_SECONDS = 1.0
ROWS = 240
DRAINED_ROWS = 80


def test_rolling_over_three_workers_under_load(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=CALL_SECONDS)
    tasks = []
    workers = [cluster.worker("items", slots=8, queues="corrections") for _ in range(3)]
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    for worker in workers:
        tasks.append(cluster.add_task([f"Item {number}" for number in range(ROWS // len(workers))]))
        before = cluster.model.counts()["total"]
        wait_until(lambda before=before: cluster.model.counts()["total"] > before + 10, "load")
        began = time.monotonic()
        assert worker.terminate(GRACE_SECONDS) == 0
        print(f"ended after {time.monotonic() - began:.1f} s")
        worker.start()
        cluster.await_ready(worker)
    for id_task in tasks:
        task = cluster.await_task(id_task, seconds=90)
        assert (task["records_processed"], task["records_failed"]) == (ROWS // len(workers), 0)
        assert sum(row["lost"] for row in cluster.items(id_task)) == 0
    assert cluster.model.counts()["total"] == ROWS


@pytest.mark.parametrize("how", ["gone", "frozen"])
def test_a_worker_ends_in_time_although_redis_is_away(
    corrections_cluster: Cluster, broker: RedisServer, how: str
) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=CALL_SECONDS)
    cluster.add_task([f"Item {number}" for number in range(ROWS)])
    worker, beat = cluster.worker(), cluster.beat()
    wait_until(lambda: cluster.model.counts()["total"] > 30, "load", seconds=40)
    if how == "gone":
        broker.kill()
    else:
        freeze(broker)
    try:
        wait_until(
            lambda: cluster.model.counts()["in_flight"] == 0,
            "the end of the calls, as nothing is asked without limits",
        )
        began = time.monotonic()
        assert worker.terminate(GRACE_SECONDS) == 0
        print(f"{how}: ended after {time.monotonic() - began:.1f} s")
        assert beat.terminate(GRACE_SECONDS) == 0
    finally:
        if how == "frozen":
            thaw(broker)
    assert cluster.query("SELECT COUNT(*) AS held FROM task_item WHERE status_id = 2")[0]["held"] == 0


def test_drain_lets_calls_end_and_starts_nothing_new(cluster: Cluster) -> None:
    cluster.model.tell(latency=CALL_SECONDS)
    id_task = cluster.add_task([f"Item {number}" for number in range(DRAINED_ROWS)])
    cluster.worker("items", slots=8, queues="corrections,evaluations")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    wait_until(lambda: cluster.model.counts()["in_flight"] == 8, "load", seconds=40)
    said = cluster.command("drain", "--seconds", "30")
    assert "drained" in said
    asked = cluster.model.counts()
    assert asked["in_flight"] == 0
    assert cluster.query("SELECT COUNT(*) AS held FROM task_item WHERE status_id = 2")[0]["held"] == 0
    time.sleep(2 * CALL_SECONDS)
    assert cluster.model.counts()["total"] == asked["total"] < DRAINED_ROWS
    cluster.command("drain", "--undo")
    task = cluster.await_task(id_task, seconds=90)
    assert (task["records_processed"], cluster.model.counts()["total"]) == (DRAINED_ROWS, DRAINED_ROWS)

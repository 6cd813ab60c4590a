"""Guarantee 2: orphans come back within lease + one scan, with the only worker killed and with one of
several.
"""

import time

from redis import Redis

from ai_worker.engine.dispatch.scan import TURN_SECONDS
from ai_worker.settings import Settings
from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.cluster import FAST, Cluster, Worker
from tests.acceptance.faults.sabotage import SABOTAGED
from tests.waiting import wait_until

LEASE, SCAN = float(FAST["LEASE_SECONDS"]), float(FAST["SCAN_SECONDS"])
SLACK = 3.0
"""Beat's tick, a scan on a busy machine, this test's own polling."""
SLOTS = 5
ITEMS = "corrections"


def test_the_default_lease_follows_the_models_deadline() -> None:
    usual = Settings(_env_file=None)
    assert usual.lease_seconds <= min(90, usual.model_deadline_seconds)


def test_one_of_several_workers_is_killed(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=3.0)
    victim = cluster.worker("victim", slots=SLOTS, queues=ITEMS)
    heir = cluster.worker("heir", slots=SLOTS, queues=ITEMS)
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    id_task = cluster.add_task([f"Item {number}" for number in range(2 * SLOTS)])
    orphans = _in_hand(cluster, id_task, 2 * SLOTS)
    bound = _time_to_come_back(cluster, victim, id_task)
    print(f"{len(orphans)} rows in two hands, taken up within {bound:.1f} s")
    assert heir.process.poll() is None
    assert bound <= LEASE + SCAN + SLACK, f"{bound:.1f} s for {len(orphans)} orphans"
    _all_done(cluster, id_task)


def test_the_only_worker_is_killed(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=2.0)
    id_task = cluster.add_task([f"Item {number}" for number in range(SLOTS)])
    only = cluster.worker("only", slots=SLOTS)
    cluster.beat()
    _in_hand(cluster, id_task, SLOTS)
    killed = time.monotonic()
    only.restart()
    cluster.await_ready(only)
    started = time.monotonic() - killed
    bound = _time_to_come_back(cluster, None, id_task) + started
    print(f"taken up {bound:.1f} s after the kill, {started:.1f} s of them until the new worker was ready")
    assert bound <= max(LEASE, started) + SCAN + SLACK, (
        f"{bound:.1f} s, {started:.1f} s of them until the new worker was ready"
    )
    _all_done(cluster, id_task)


def _in_hand(cluster: Cluster, id_task: int, rows: int) -> list[int]:
    def claimed() -> list[int]:
        return [row["id_task_item"] for row in cluster.items(id_task) if row["status_id"] == 2]

    wait_until(lambda: len(claimed()) >= rows, f"{rows} rows claimed", seconds=40)
    return claimed()


def _time_to_come_back(cluster: Cluster, victim: Worker | None, id_task: int) -> float:
    """Seconds from the kill until every row that the victim held is reserved again."""
    if victim is not None:
        victim.kill()
    killed = time.monotonic()
    stale = (
        f"SELECT COUNT(*) AS rows_ FROM task_item WHERE id_task = {id_task} AND status_id = 2 AND lost = 0"
    )
    wait_until(lambda: cluster.query(stale)[0]["rows_"] == 0, "every orphan taken up", seconds=60)
    return time.monotonic() - killed


def _all_done(cluster: Cluster, id_task: int) -> None:
    task = cluster.await_task(id_task)
    rows = cluster.items(id_task)
    assert (task["status_id"], task["records_failed"]) == (2, 0)
    lost = sum(row["lost"] for row in rows)
    assert lost > 0
    assert cluster.model.counts()["total"] <= len(rows) + lost
    print(f"{lost} orphans taken up again")


def test_reserved_rows_whose_messages_are_gone_come_back_too(corrections_cluster: Cluster) -> None:
    """A flushed Redis forgets messages, a killed worker those that it had fetched: no reservation is waited
    out for them.
    """
    cluster = corrections_cluster
    cluster.environment["RESERVE_SECONDS"] = "600"
    cluster.model.tell(latency=0.5)
    id_task = cluster.add_task([f"Item {number}" for number in range(60)])
    victim = cluster.worker("victim", slots=SLOTS, queues=ITEMS)
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    wait_until(lambda: cluster.model.counts()["total"] >= SLOTS, "the first calls")
    with Redis.from_url(cluster.environment["REDIS_URL"]) as broker:
        broker.flushall()
    victim.restart()
    gone = time.monotonic()
    task = cluster.await_task(id_task)
    print(f"all done {time.monotonic() - gone:.1f} s after every message was gone")
    assert task["records_processed"] == 60


def test_a_scanner_killed_in_mid_scan_does_not_keep_the_others_out(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    id_task = cluster.add_task(["One text."])
    cluster.worker("items", queues="corrections")
    doomed = cluster.worker(
        "scans", queues="scans,bulk,quarantine", program=SABOTAGED, DIE_IN_THE_FIRST_SCAN="1"
    )
    cluster.beat()
    with Keeper(cluster):
        wait_until(lambda: doomed.starts == 2, "the scanner dead, its lock held")
        cluster.await_ready(doomed)
        ready = time.monotonic()
        cluster.await_task(id_task)
    assert time.monotonic() - ready <= TURN_SECONDS + 2 * SCAN + SLACK

"""Guarantee 3: a live owner is never robbed, however long its call takes, and though its event loop stands
still most of a lease.
"""

from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.sabotage import BLOCK, SABOTAGED

LEASE = 2.0


def test_a_call_of_five_leases_starts_once(cluster: Cluster) -> None:
    cluster.environment |= {"LEASE_SECONDS": str(LEASE), "MODEL_DEADLINE_SECONDS": "60"}
    cluster.model.tell(latency=5 * LEASE)
    id_task = cluster.add_task(["A text that takes its time."] * 3)
    database = cluster.mongo
    database.queue_slow.insert_many(
        [
            {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
            for number in range(3)
        ]
    )
    for _ in range(2):
        cluster.worker(slots=10)
    cluster.beat()
    cluster.await_task(id_task)
    assert [row["lost"] for row in cluster.items(id_task)] == [0, 0, 0]
    entries = list(database.queue_slow.find())
    assert [(entry["status"], entry["lost"]) for entry in entries] == [("completed", 0)] * 3
    assert cluster.model.counts()["total"] == 6


def test_a_blocked_event_loop_loses_no_lease(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.environment |= {"LEASE_SECONDS": "4", "BLOCK_SECONDS": "3.2"}
    cluster.model.tell({"match": {"contains": "calm"}, "latency": 5.0})
    calm = cluster.add_task([f"A calm text, number {number}." for number in range(5)])
    blocked = cluster.worker("blocked", program=SABOTAGED, queues="corrections")
    cluster.worker("other", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready(blocked)
    rude = cluster.add_task([f"{BLOCK} for a while."])
    for id_task in (calm, rude):
        cluster.await_task(id_task)
        assert {row["lost"] for row in cluster.items(id_task)} == {0}
    assert cluster.model.counts()["total"] == 6

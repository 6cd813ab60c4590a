"""Guarantee 8: a row that kills the process handling it ends in quarantine, and its 99 neighbours finish."""

from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.sabotage import KILL, SABOTAGED

NEIGHBOURS = 99


def test_a_row_that_kills_its_worker_is_given_up_after_three_losses(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=1.0)
    poisoned = cluster.add_task([KILL])
    id_task = cluster.add_task([f"A good text, number {number}." for number in range(NEIGHBOURS)])
    items = cluster.worker("items", slots=100, queues="corrections", program=SABOTAGED)
    quarantine = cluster.worker("quarantine", slots=1, queues="quarantine", program=SABOTAGED)
    cluster.worker("scans", queues="scans,bulk")
    cluster.beat()
    with Keeper(cluster):
        task, poison = cluster.await_task(id_task, seconds=120), cluster.await_task(poisoned, seconds=120)
    assert (task["records_processed"], task["records_failed"]) == (NEIGHBOURS, 0)
    assert poison["status_id"] == 3
    [row] = cluster.items(poisoned)
    assert (row["status_id"], row["error_class"], row["lost"]) == (3, "worker_lost", 3)
    assert (items.starts, quarantine.starts) == (3, 2), "two losses at large, the third in quarantine"

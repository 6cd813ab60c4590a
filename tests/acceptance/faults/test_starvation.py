"""Guarantee 7: rows that cannot be worked keep nobody waiting, and a small task beside a huge one is served
fairly.
"""

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

HUGE, SMALL = 100_000, 40
SLOTS = 10
FAIR = 3
"""Of the rows done while the small task runs, the huge one may have this many times as many: what was queued
before it, and its half.
"""


def test_a_first_page_of_unworkable_rows_does_not_hold_up_those_behind(cluster: Cluster) -> None:
    cluster.environment["QUEUE_DEPTH"] = "100"
    cluster.model.tell(
        {"match": {"model": "offline-closed"}, "fault": "500"},
        {"match": {"contains": "poison"}, "fault": "empty"},
    )
    closed = cluster.add_task(["A text for a model that is closed."] * 600, model="offline-closed")
    poison = cluster.add_task(["A text of poison."] * 300)
    entries = [
        {"status": "pending", "model": "offline-closed", "prompt": f"Question {number}"}
        for number in range(300)
    ]
    queue = cluster.mongo.queue_first
    queue.insert_many(entries)
    cluster.worker("items", slots=SLOTS, queues="corrections,evaluations")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    wait_until(
        lambda: _started(cluster, closed) and _started(cluster, poison), "the first page tried", seconds=40
    )
    behind = cluster.add_task([f"Item {number}" for number in range(SMALL)])
    late = [
        {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
        for number in range(SMALL)
    ]
    queue.insert_many(late)
    assert cluster.await_task(behind, seconds=30)["records_processed"] == SMALL
    wait_until(
        lambda: queue.count_documents({"status": "completed"}) == SMALL, "the entries behind", seconds=30
    )
    assert cluster.task(closed)["status_id"] == cluster.task(poison)["status_id"] == 1, (
        "the first page is still there"
    )


def test_a_small_task_beside_a_huge_one_is_served_fairly(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.environment["QUEUE_DEPTH"] = str(WINDOW)
    cluster.model.tell(latency=0.2)
    huge = cluster.add_task([])
    cluster.add_items(huge, HUGE)
    cluster.worker("items", slots=SLOTS, queues="corrections")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    wait_until(
        lambda: cluster.task(huge)["records_processed"] > WINDOW, "the huge task under way", seconds=60
    )
    small = cluster.add_task([f"Item {number}" for number in range(SMALL)])
    before = _done(cluster, huge)
    cluster.await_task(small, seconds=60)
    meanwhile = _done(cluster, huge) - before
    print(f"{meanwhile} rows of the huge task while {SMALL} of the small one")
    assert meanwhile <= FAIR * SMALL + WINDOW


WINDOW = 100


def _done(cluster: Cluster, id_task: int) -> int:
    return int(
        cluster.query(
            "SELECT COUNT(*) AS done FROM task_item WHERE id_task = %s AND status_id = 1", (id_task,)
        )[0]["done"]
    )


def _started(cluster: Cluster, id_task: int) -> bool:
    tried = cluster.query(
        "SELECT COUNT(*) AS tried FROM task_item WHERE id_task = %s AND error_class IS NOT NULL", (id_task,)
    )
    return int(tried[0]["tried"]) > 20

"""A model that answers one byte each five seconds: the deadline of the whole call ends it, its neighbours do
not notice, no process ends.
"""

from tests.acceptance.cluster import FAST, Cluster
from tests.waiting import wait_until

DRIPPED, NEIGHBOURS = 5, 40
DEADLINE = float(FAST["MODEL_DEADLINE_SECONDS"])


def test_a_dripping_answer_ends_by_the_deadline(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(
        {"match": {"contains": "DRIP"}, "fault": "drip_body", "interval": 5.0, "times": DRIPPED}
    )
    worker = cluster.worker(slots=20)
    cluster.beat()
    cluster.await_ready()
    dripped = cluster.add_task([f"DRIP {number}" for number in range(DRIPPED)])
    wait_until(lambda: cluster.model.counts()["in_flight"] == DRIPPED, "the drips begun", seconds=40)
    neighbours = cluster.add_task([f"Item {number}" for number in range(NEIGHBOURS)], model="another")
    task = cluster.await_task(neighbours, seconds=DEADLINE)
    assert (task["records_processed"], task["records_failed"]) == (NEIGHBOURS, 0)
    assert cluster.task(dripped)["finished_at"] is None, "the neighbours did not wait for them"
    task = cluster.await_task(dripped, seconds=6 * DEADLINE)
    assert (task["records_processed"], task["records_failed"]) == (DRIPPED, 0)
    rows = cluster.items(dripped)
    assert {row["attempts"] for row in rows} == {1}, "the deadline counts as one attempt"
    assert cluster.model.counts()["total"] == 2 * DRIPPED + NEIGHBOURS
    classes = cluster.query(
        "SELECT error_class, COUNT(*) AS calls FROM api_requests_history "
        "WHERE error_class IS NOT NULL GROUP BY 1"
    )
    assert [(row["error_class"], row["calls"]) for row in classes] == [("timeout", DRIPPED)]
    assert worker.process.poll() is None

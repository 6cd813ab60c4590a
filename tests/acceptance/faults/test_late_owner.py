"""Guarantee 4: an owner that comes back after its lease changes nothing, in either store."""

from typing import Any

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ROWS = 4


def test_a_worker_that_slept_past_its_leases_changes_no_row(cluster: Cluster) -> None:
    cluster.environment["MODEL_DEADLINE_SECONDS"] = "60"
    cluster.model.tell(latency=3.0)
    id_task = cluster.add_task([f"A text with a mistaek, number {number}." for number in range(ROWS)])
    queue = cluster.mongo.queue_late
    queue.insert_many(
        [
            {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
            for number in range(ROWS)
        ]
    )
    sleeper = cluster.worker("sleeper", queues="corrections,evaluations")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    wait_until(
        lambda: cluster.model.counts()["in_flight"] == 2 * ROWS,
        "every row in the sleeper's hands",
        seconds=40,
    )
    sleeper.freeze()
    cluster.model.tell()
    cluster.worker("other", queues="corrections,evaluations")
    cluster.await_task(id_task)
    wait_until(lambda: queue.count_documents({"status": "completed"}) == ROWS, "every entry answered")
    before = _rows(cluster, id_task)
    assert {row["lost"] for row in cluster.items(id_task)} == {1}
    sleeper.thaw()
    wait_until(
        lambda: sleeper.said().count("taken over by another worker") == 2 * ROWS,
        "every late answer dropped",
        seconds=30,
    )
    assert _rows(cluster, id_task) == before
    assert cluster.model.counts()["total"] == 4 * ROWS
    assert cluster.task(id_task)["records_processed"] == ROWS
    wait_until(
        lambda: _spent(cluster) == [2 * ROWS, 2 * ROWS], "the tokens of the late answers counted as spent"
    )


def _spent(cluster: Cluster) -> list[int]:
    """Requests in each store's history whose tokens are known."""
    table = cluster.query(
        "SELECT COUNT(*) AS known FROM api_requests_history WHERE outcome = 'answered' AND tokens_output > 0"
    )
    documents = {"outcome": "answered", "tokens_output": {"$gt": 0}}
    return [int(table[0]["known"]), cluster.mongo.api_requests_history.count_documents(documents)]


def _rows(cluster: Cluster, id_task: int) -> tuple[list[Any], list[Any], dict[str, Any]]:
    return (
        cluster.items(id_task),
        sorted(cluster.mongo.queue_late.find(), key=lambda entry: str(entry["_id"])),
        cluster.task(id_task),
    )

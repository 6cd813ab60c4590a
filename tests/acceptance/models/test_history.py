"""What a SIGKILL can lose of the history: the last second."""

import time

from tests.acceptance.models.conftest import NewCluster, add_task, texts
from tests.waiting import wait_until

LOST_SECONDS = 1.0


def test_a_killed_worker_has_lost_no_more_than_its_last_second_of_history(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    cluster.model.tell(latency=[0.1, 0.6])
    id_task = add_task(cluster, texts(2000))
    worker = cluster.worker(slots=10)
    cluster.beat()
    wait_until(lambda: cluster.model.counts()["total"] >= 100, "a hundred calls", seconds=40)
    worker.kill()
    killed = time.monotonic()
    kept = cluster.query("SELECT row_id, outcome FROM api_requests_history WHERE task = %s", (id_task,))
    outcomes = {row["row_id"]: row["outcome"] for row in kept}
    row_of = {
        item["text_original"].split()[1].rstrip(":"): str(item["id_task_item"])
        for item in cluster.items(id_task)
    }
    asked = {
        marker: entry
        for entry in cluster.model.requests()
        for marker in row_of
        if f"{marker}:" in entry["body"]
    }
    ended = [
        marker for marker, entry in asked.items() if entry["ended"] and entry["ended"] < killed - LOST_SECONDS
    ]
    begun = [marker for marker, entry in asked.items() if entry["monotonic"] < killed - LOST_SECONDS]
    assert len(ended) >= 30
    assert {outcomes.get(row_of[marker]) for marker in ended} == {"answered"}
    assert {outcomes.get(row_of[marker]) for marker in begun} <= {"answered", "sent"}, (
        "calls under way stand there as sent"
    )

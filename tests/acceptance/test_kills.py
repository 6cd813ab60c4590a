"""300 rows in both stores while workers are killed three times and Redis is flushed once: nothing lost,
nothing doubled.
"""

import random

import redis

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ITEMS, LINES, SLOTS = 150, 75, 10
CALL_SECONDS = 0.3
MODELS = ["offline-small", "offline-large"]


def test_every_row_ends_once_although_workers_are_killed_and_redis_is_flushed(cluster: Cluster) -> None:
    cluster.model.tell(latency=CALL_SECONDS)
    id_task = cluster.add_task([f"Item {number}: this is a sentense." for number in range(ITEMS)])
    database = cluster.mongo
    database.dataset_sums.insert_many(
        [{"question": f"What is {number} + 1?", "sum": number + 1} for number in range(LINES)]
    )
    database.tasks.insert_one(
        {
            "task_name": "sums",
            "dataset_name": "sums",
            "prompt": "{question}",
            "variables_cols": ["question"],
            "models": MODELS,
            "metric": "accuracy",
            "target": "sum",
        }
    )
    items = [cluster.worker("items", slots=SLOTS, queues="corrections,evaluations") for _ in range(2)]
    # Rows that two killed workers held wait in the quarantine.
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    chance = random.Random(7)
    for kill in range(1, 4):
        wait_until(
            lambda kill=kill: _ended(cluster, id_task) >= kill * 60, f"{kill * 60} rows ended", seconds=60
        )
        victim = chance.choice(items)
        victim.restart()
        if kill == 2:
            redis.Redis.from_url(cluster.environment["REDIS_URL"]).flushall()
    task = cluster.await_task(id_task, seconds=120)
    wait_until(lambda: _answered(cluster) == LINES * len(MODELS), "every entry answered", seconds=120)

    assert (task["status_id"], task["records_processed"], task["records_failed"]) == (2, ITEMS, 0)
    rows = cluster.items(id_task)
    assert {row["status_id"] for row in rows} == {1}
    assert all(row["text_corrected"] and row["lease_token"] is None and row["due_at"] is None for row in rows)
    entries = list(database.queue_sums.find())
    assert (
        len(entries)
        == len({(entry["line_index"], entry["model"]) for entry in entries})
        == LINES * len(MODELS)
    )
    assert all(
        entry["response"] and entry["status"] == "completed" and "lease_token" not in entry
        for entry in entries
    )
    calls = cluster.model.counts()["total"]
    extra = calls - ITEMS - LINES * len(MODELS)
    # Beside its calls under way a worker holds answers that are not written yet.
    in_hand = SLOTS + SLOTS - 1
    assert 0 <= extra <= 3 * in_hand, f"{extra} extra calls"
    lost = sum(row["lost"] for row in rows) + sum(entry["lost"] for entry in entries)
    assert extra <= lost, "every extra call is counted on its row"


def _answered(cluster: Cluster) -> int:
    return cluster.mongo.queue_sums.count_documents({"status": "completed"})


def _ended(cluster: Cluster, id_task: int) -> int:
    counted = cluster.query(
        "SELECT COUNT(*) AS ended FROM task_item WHERE id_task = %s AND status_id = 1", (id_task,)
    )
    return int(counted[0]["ended"]) + _answered(cluster)

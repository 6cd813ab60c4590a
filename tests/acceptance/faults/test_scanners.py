"""Guarantee 6: eight scanners and two beats at a barrier reserve each row once; one of the scanners has a clock an hour ahead."""

import base64
import json
import subprocess
import sys
from collections import Counter
from typing import Any

from redis import Redis

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ITEMS, ENTRIES, IN_HAND = 9_000, 1_000, 5
SCANNERS = 8


def test_each_row_is_reserved_once_per_due_time(cluster: Cluster) -> None:
    cluster.environment |= {"RESERVE_SECONDS": "300", "LEASE_SECONDS": "60", "WINDOW": "50000"}
    cluster.model.tell(latency=120.0)
    held = _rows_in_hand(cluster)
    id_task = cluster.add_task([])
    cluster.add_items(id_task, ITEMS)
    entries = [{"status": "pending", "model": "offline-small", "prompt": f"Question {number}"} for number in range(ENTRIES)]
    cluster.mongo.queue_many.insert_many(entries)
    beats = [cluster.beat(), cluster.beat()]
    scans = cluster.worker("scans", queues="scans")
    cluster.await_ready(scans)
    subprocess.run(
        [sys.executable, "-m", "tests.acceptance.faults.scanner", str(SCANNERS)], cwd=cluster.folder, env=cluster.environment, check=True
    )
    with Redis.from_url(cluster.environment["REDIS_URL"]) as broker:
        wait_until(lambda: _published(broker, "corrections").total() >= ITEMS, "every item published", seconds=60)
        wait_until(lambda: _published(broker, "evaluations").total() >= ENTRIES, "every entry published", seconds=60)
        sent = [beat.said().count("Sending due task") for beat in beats]
        wait_until(
            lambda: all(beat.said().count("Sending due task") > before + 4 for beat, before in zip(beats, sent, strict=True)), "more"
        )
        items, asked = _published(broker, "corrections"), _published(broker, "evaluations")
    assert (len(items), items.total()) == (ITEMS, ITEMS), "each item once"
    assert (len(asked), asked.total()) == (ENTRIES, ENTRIES), "each entry once"
    assert {row["lost"] for row in cluster.items(held)} == {0}, "nobody was robbed"
    assert {row["status_id"] for row in cluster.items(held)} == {2}


def _rows_in_hand(cluster: Cluster) -> int:
    """Rows that a worker holds while the scanners race."""
    id_task = cluster.add_task([f"Held {number}" for number in range(IN_HAND)])
    worker = cluster.worker("holder", queues="corrections", MODEL_DEADLINE_SECONDS="300")
    cluster.await_ready(worker)
    cluster.command("enqueue", "--task", str(id_task), "--max-item", str(IN_HAND))
    wait_until(lambda: cluster.model.counts()["in_flight"] == IN_HAND, "the rows in hand")
    worker.freeze()  # It takes no message from here on.
    return id_task


def _published(broker: "Redis", queue: str) -> Counter[str]:
    def row_of(message: bytes) -> str:
        body: list[Any] = json.loads(base64.b64decode(json.loads(message)["body"]))
        return json.dumps(body[0][:-1])

    return Counter(row_of(message) for message in broker.lrange(queue, 0, -1))

"""Guarantee 6: eight scanners and two beats at a barrier reserve each row once; one of the scanners has a
clock an hour ahead.
"""

import base64
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from redis import Redis

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

ITEMS, ENTRIES, IN_HAND = 9_000, 1_000, 5
SCANNERS = 8
PORTION = 1000


def test_each_row_is_reserved_once_per_due_time(cluster: Cluster) -> None:
    cluster.environment |= {"RESERVE_SECONDS": "600", "LEASE_SECONDS": "120"}
    cluster.model.tell(latency=120.0)
    held = _rows_in_hand(cluster)
    id_task = cluster.add_task([])
    cluster.add_items(id_task, ITEMS)
    entries = [
        {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
        for number in range(ENTRIES)
    ]
    cluster.mongo.queue_many.insert_many(entries)
    beats = [cluster.beat(), cluster.beat()]
    scans = cluster.worker("scans", queues="scans,bulk")
    cluster.await_ready(scans)
    command = [sys.executable, "-m", "tests.acceptance.faults.scanner", str(SCANNERS)]
    with Redis.from_url(cluster.environment["REDIS_URL"]) as broker, _taking(broker) as taken:
        subprocess.run(command, cwd=cluster.folder, env=cluster.environment, check=True)
        items, asked = taken["corrections"], taken["evaluations"]
        wait_until(
            lambda: items.total() >= ITEMS and asked.total() >= ENTRIES, "every row published", seconds=60
        )
        sent = [beat.said().count("Sending due task") for beat in beats]
        wait_until(
            lambda: all(
                beat.said().count("Sending due task") > before + 4
                for beat, before in zip(beats, sent, strict=True)
            ),
            "more",
        )
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


@contextmanager
def _taking(broker: "Redis") -> Iterator[dict[str, Counter[str]]]:
    """Messages of each queue by their rows, taken out meanwhile as workers would."""
    taken: dict[str, Counter[str]] = {"corrections": Counter(), "evaluations": Counter()}
    over = threading.Event()

    def take() -> None:
        while not over.wait(0.02):
            for queue, rows in taken.items():
                rows.update(map(_row_of, broker.lpop(queue, PORTION) or ()))  # type: ignore[arg-type]

    taker = threading.Thread(target=take, daemon=True)
    taker.start()
    yield taken
    over.set()
    taker.join()


def _row_of(message: bytes) -> str:
    body: list[Any] = json.loads(base64.b64decode(json.loads(message)["body"]))
    return json.dumps(body[0][:-1])

"""Guarantee 9: the places of killed holders are free again by themselves, and a limit holds while its holders
die.

That nobody is asked while Redis is away, and calls resume by themselves: `test_outages.py`, server `redis`.
"""

import time

from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until

PLACES = 3
DEADLINE, SPARE, SLACK = 4.0, 5.0, 4.0
CALL_SECONDS = 1.5
ROWS = 24


def test_places_of_killed_workers_are_free_again(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.environment["MODEL_DEADLINE_SECONDS"] = str(DEADLINE)
    cluster.model.tell(latency=CALL_SECONDS)
    id_task = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    cluster.query("UPDATE ai_model SET in_flight = %s", (PLACES,))
    workers = [cluster.worker("items", slots=10, queues="corrections") for _ in range(2)]
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    wait_until(lambda: cluster.model.counts()["in_flight"] == PLACES, "every place taken", seconds=40)
    for worker in workers:
        worker.kill()
    killed, asked = time.monotonic(), cluster.model.counts()["total"]
    workers[0].start()
    wait_until(lambda: cluster.model.counts()["total"] > asked, "the next call", seconds=60)
    free = time.monotonic() - killed
    print(f"{PLACES} places free again after {free:.1f} s")
    assert free <= DEADLINE + SPARE + SLACK, "a call's lease is its deadline and a little"
    task = cluster.await_task(id_task, seconds=90)
    assert task["records_processed"] == ROWS
    assert cluster.model.counts()["max_in_flight"] == PLACES

"""Two processes killed at named points, before and after each write to a store, each message and each call,
every pair of points after another: nothing lost, nothing doubled, extra calls counted.

A seeded scheduler chooses the order; the seed is printed. `KILL_PAIRS=all` plays all pairs, some ten minutes;
without it each point is in one pair. `KILL_SEED` repeats a run.
"""

import os
import secrets
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.points import POINTED, POINTS
from tests.waiting import wait_until

ROWS = 24
SLOTS = 6
PRICED = "UPDATE ai_model SET price_input = 1, price_output = 2"


def pairs_of(seed: int) -> list[tuple[str, str]]:
    points = list(POINTS)
    order = Random(seed)
    order.shuffle(points)
    if os.environ.get("KILL_PAIRS") != "all":
        return list(pairwise(points))[::2]
    pairs = list(combinations(points, 2))
    order.shuffle(pairs)
    return pairs


def test_pairs_of_kills_lose_and_double_nothing(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    seed = int(os.environ.get("KILL_SEED") or secrets.randbelow(10**6))
    print(f"KILL_SEED={seed}")
    orders = cluster.folder / "orders"
    orders.mkdir()
    # A budget, so that the ledger is written, too.
    cluster.environment |= {"ORDERS": str(orders), "DAILY_BUDGET": "1000"}
    cluster.model.tell(latency=0.2)
    for name in ("items", "items"):
        cluster.worker(name, slots=SLOTS, queues="corrections", program=POINTED)
    cluster.worker("scans", queues="scans,bulk", program=POINTED)
    cluster.worker("quarantine", slots=2, queues="quarantine")
    cluster.beat()
    cluster.await_ready()
    first = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    model = cluster.task(first)["id_ai_model"]
    cluster.query(PRICED)
    tasks, kills = [first], 0
    for number, pair in enumerate(pairs_of(seed)):
        for point in pair:
            (orders / point).touch()
        texts = [f"Item {number} {place}" for place in range(ROWS)]
        tasks.append(cluster.add_task(texts, id_ai_model=model))
        carried_out(cluster, orders, f"{pair} of seed {seed}")
        kills += len(pair)
    for id_task in tasks:
        wait_until(
            lambda id_task=id_task: restarted(cluster) and cluster.task(id_task)["finished_at"] is not None,
            f"the end of task {id_task}, seed {seed}",
            seconds=120,
        )
        task = cluster.task(id_task)
        assert (task["records_processed"], task["records_failed"]) == (ROWS, 0), seed
        assert all(row["text_corrected"] for row in cluster.items(id_task)), seed
    asked = cluster.model.counts()["total"]
    rows = ROWS * len(tasks)
    assert rows <= asked <= rows + kills * SLOTS, f"{asked - rows} extra calls, {kills} kills, seed {seed}"
    print(f"{len(tasks) - 1} pairs, {kills} kills, {rows} rows, {asked - rows} extra calls")


def carried_out(cluster: Cluster, orders: Path, what: str) -> None:
    """Wait until both orders were taken, and all processes are there again."""
    wait_until(lambda: restarted(cluster) and not any(orders.iterdir()), f"the kills at {what}", seconds=120)
    restarted(cluster)


def restarted(cluster: Cluster) -> bool:
    """Start again what was killed, as a supervisor would."""
    for worker in cluster.workers:
        if worker.process.poll() is not None:
            worker.start()
    return True

"""Two processes killed at named points, before and after each write to a store, each message and each call,
every pair of points after another, in either store: nothing lost, nothing doubled, extra calls counted.

A seeded scheduler chooses the order; the seed is printed. `KILL_PAIRS=all` plays all pairs, some ten minutes;
without it each point is in one pair. `KILL_SEED` repeats a run.
"""

import os
import secrets
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.points import POINTED, POINTS
from tests.waiting import wait_until

ROWS = 24
SLOTS = 6
MODEL = "offline-small"
PRICES = f'[models.{MODEL}]\nprovider = "offline"\nprice_input = "1"\nprice_output = "2"\n'
PRICED = "UPDATE ai_model SET price_input = 1, price_output = 2"


class Items:
    """Rows of MySQL: correction tasks of one model that costs money."""

    pipeline = "corrections"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._model: dict[str, Any] = {}

    def add(self, texts: Sequence[str]) -> int:
        id_task = self._cluster.add_task(texts, **self._model)
        self._model = {"id_ai_model": self._cluster.task(id_task)["id_ai_model"]}
        self._cluster.query(PRICED)
        return id_task

    def ended(self, id_task: int) -> bool:
        return self._cluster.task(id_task)["finished_at"] is not None

    def answered(self, id_task: int) -> int:
        task = self._cluster.task(id_task)
        assert task["records_failed"] == 0
        assert task["records_processed"] == ROWS
        return sum(row["text_corrected"] is not None for row in self._cluster.items(id_task))


class Entries:
    """Rows of MongoDB: questions to a model that costs money, a part of one queue each."""

    pipeline = "evaluations"

    def __init__(self, cluster: Cluster) -> None:
        self._queue = cluster.mongo.queue_pairs
        self._parts = 0
        prices = cluster.folder / "models.toml"
        prices.write_text(PRICES, encoding="utf-8")
        cluster.environment["MODELS_FILE"] = str(prices)

    def add(self, texts: Sequence[str]) -> int:
        self._parts += 1
        asked = {"status": "pending", "model": MODEL, "part": self._parts}
        self._queue.insert_many([{**asked, "prompt": text} for text in texts])
        return self._parts

    def ended(self, part: int) -> bool:
        still = {"part": part, "status": {"$in": ["pending", "processing"]}}
        return self._queue.count_documents(still) == 0

    def answered(self, part: int) -> int:
        done = self._queue.find({"part": part, "status": "completed"})
        return sum(bool(row["response"]) for row in done)


def pairs_of(seed: int) -> list[tuple[str, str]]:
    points = list(POINTS)
    order = Random(seed)
    order.shuffle(points)
    if os.environ.get("KILL_PAIRS") != "all":
        return list(pairwise(points))[::2]
    pairs = list(combinations(points, 2))
    order.shuffle(pairs)
    return pairs


@pytest.mark.parametrize("store", [Items, Entries])
def test_pairs_of_kills_lose_and_double_nothing(
    cluster: Cluster, store: Callable[[Cluster], Items | Entries]
) -> None:
    seed = int(os.environ.get("KILL_SEED") or secrets.randbelow(10**6))
    print(f"KILL_SEED={seed}")
    orders = cluster.folder / "orders"
    orders.mkdir()
    work = store(cluster)
    # A budget, so that the ledger is written, too.
    cluster.environment |= {"ORDERS": str(orders), "DAILY_BUDGET": "1000", "PIPELINES": work.pipeline}
    cluster.model.tell(latency=0.2)
    for name in ("items", "items"):
        cluster.worker(name, slots=SLOTS, queues=work.pipeline, program=POINTED)
    cluster.worker("scans", queues="scans,bulk", program=POINTED)
    cluster.worker("quarantine", slots=2, queues="quarantine")
    cluster.beat()
    cluster.await_ready()
    portions, kills = [work.add([f"Item {number}" for number in range(ROWS)])], 0
    for number, pair in enumerate(pairs_of(seed)):
        for point in pair:
            (orders / point).touch()
        portions.append(work.add([f"Item {number} {place}" for place in range(ROWS)]))
        carried_out(cluster, orders, f"{pair} of seed {seed}")
        kills += len(pair)
    for portion in portions:
        wait_until(
            lambda portion=portion: restarted(cluster) and work.ended(portion),
            f"the end of portion {portion}, seed {seed}",
            seconds=120,
        )
        assert work.answered(portion) == ROWS, seed
    asked = cluster.model.counts()["total"]
    rows = ROWS * len(portions)
    assert rows <= asked <= rows + kills * SLOTS, f"{asked - rows} extra calls, {kills} kills, seed {seed}"
    print(f"{len(portions) - 1} pairs, {kills} kills, {rows} rows, {asked - rows} extra calls")


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

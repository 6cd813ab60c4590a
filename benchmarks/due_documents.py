"""5, in MongoDB: what do a scan, a claim and an expansion with nothing new cost, with a hundred entries due
of ever more?
"""

import os
import secrets
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING

from ai_worker.engine.contract.row import Lane
from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.engine.sources.documents import Documents
from ai_worker.pipelines.evaluations.expand import expand, needs_expanding
from ai_worker.pipelines.evaluations.repository import EvaluationRepository, entry_source
from ai_worker.stores.mongo import connect
from benchmarks.due import DUE, HOUR, ROUNDS, SIZES
from benchmarks.harness.engine import Stage
from benchmarks.harness.options import Options
from benchmarks.harness.table import Table

MODEL = "asked"
TASK = {
    "_id": "bench",
    "task_name": "bench",
    "dataset_name": "bench",
    "models": [MODEL],
    "metric": "accuracy",
    "prompt": "Who?",
    "target": "me",
}
AT_ONCE = 10_000
COLUMNS = {
    "scan, ms": ".2f",
    "× smallest, scan": ".2f",
    "claim, ms": ".3f",
    "× smallest, claim": ".2f",
    "expand, ms": ".2f",
    "× smallest, expand": ".2f",
    "keys examined": ".0f",
}
SHAPE = Documents()


def run(_stage: Stage, options: Options) -> Table:
    """The same hundred due entries among ever more finished ones; on MongoDB's own server, or not at all."""
    table = Table(
        "due_documents", f"{DUE} entries due in a queue of ever more finished ones, in MongoDB", COLUMNS
    )
    sizes = [options.rows(size) for size in SIZES]
    with _database() as bench:
        if bench.server == "mongod":
            for _ in range(options.runs):
                bench.clear()
                for size in sizes:
                    bench.grow(size)
                    table.add(_line(size), bench.figures())
        table.notes.append(
            f"{bench.server} {bench.version}: "
            + (bench.plan() if table.lines else "not MongoDB, so nothing is measured.")
        )
    for size in sizes:
        for what in ("scan", "claim", "expand"):
            table.ratio(f"{what}, ms", _line(size), _line(sizes[0]), f"× smallest, {what}")
    for what in ("scan", "claim", "expand"):
        table.at_most("cost follows what is due", _line(sizes[-1]), f"× smallest, {what}", 1.3)
    return table


class _Bench:
    """A task, its dataset and its queue."""

    def __init__(self, client: Any, name: str) -> None:
        status = client.admin.command("serverStatus")
        self.server, self.version = str(status["process"]), str(status["version"])
        self._database = client[name]
        self._repository = EvaluationRepository(client, [name])
        self._source: CollectionSource = entry_source(client, self._repository, judged=False)
        self._lane = Lane((name, "queue_bench"), MODEL)

    def clear(self) -> None:
        """As before the first entry, indexes included."""
        self._database.client.drop_database(self._database.name)
        self._database.tasks.insert_one(TASK)

    def grow(self, size: int) -> None:
        """Expand the task to `entries`, the first hundred of them due."""
        queue, dataset = self._database.queue_bench, self._database.dataset_bench
        have = dataset.estimated_document_count()
        for start in range(have, size, AT_ONCE):
            dataset.insert_many(
                [{"text": f"row {number}"} for number in range(start, min(start + AT_ONCE, size))]
            )
        self._source.lanes()
        expand(self._repository, self._database.name, TASK, _now)
        queue.update_many(
            {"line_index": {"$gte": max(have, DUE)}}, {"$set": {"status": SHAPE.completed, "response": "me"}}
        )

    def figures(self) -> dict[str, float]:
        """Of one size: medians."""
        rounds = [self._round() for _ in range(ROUNDS)]
        scan, claim, expanding = (statistics.median(each) for each in zip(*rounds, strict=True))
        examined = self._explained()["executionStats"]["totalKeysExamined"]
        return {"scan, ms": scan, "claim, ms": claim, "expand, ms": expanding, "keys examined": examined}

    def plan(self) -> str:
        """The stages of the reservation's plan in the queue as it is now, the index first."""
        stages, stage = [], self._explained()["queryPlanner"]["winningPlan"]
        while stage:
            stages.append(f"{stage['stage']} {stage.get('indexName', '')}".strip())
            stage = stage.get("inputStage")
        return f"plan of the reservation: {' < '.join(reversed(stages))}"

    def _round(self) -> tuple[float, float, float]:
        """Milliseconds of one scan, of one claim on the average, and of finding that there is nothing to
        expand.
        """
        began = time.perf_counter()
        self._source.in_flight(self._source.lanes())
        reserved = self._source.reserve(self._lane, DUE, HOUR)
        scanned = time.perf_counter()
        claims = [self._source.claim(row.address, row.row_id, row.token, HOUR) for row in reserved]
        claimed = time.perf_counter()
        needed = needs_expanding(self._repository, self._database.name, TASK, _now())
        ended = time.perf_counter()
        assert len(claims) == DUE
        assert None not in claims
        assert not needed
        self._database.queue_bench.update_many(
            {"lease_token": {"$exists": True}},
            {
                "$set": {"status": SHAPE.pending},
                "$unset": {"due_at": "", "lease_token": "", "first_attempt_at": ""},
            },
        )
        return (scanned - began) * 1000, (claimed - scanned) * 1000 / DUE, (ended - claimed) * 1000

    def _explained(self) -> dict[str, Any]:
        due = {"status": SHAPE.pending, "model": MODEL, "due_at": None}
        return dict(self._database.queue_bench.find(due).limit(DUE).sort("due_at", ASCENDING).explain())


@contextmanager
def _database() -> Iterator[_Bench]:
    name = f"ai_worker_bench_{secrets.token_hex(4)}"
    client = connect(os.environ["MONGODB_URI"])
    try:
        yield _Bench(client, name)
    finally:
        client.drop_database(name)
        client.close()


def _line(size: int) -> str:
    return f"{size:,} entries"


def _now() -> datetime:
    return datetime.now(UTC)

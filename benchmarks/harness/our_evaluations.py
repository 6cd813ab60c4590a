"""AI Worker with evaluations: answers that are handed to a judge."""

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import Celery
from pymongo import MongoClient

from benchmarks.harness.engine import Stage
from benchmarks.harness.ours import WORKER
from benchmarks.harness.processes import Program
from benchmarks.harness.stores import redis_database

QUEUE = "queue_bench"
JUDGES = "queue_rta_bench"
MODELS = """
[models.asked]
provider = "offline"
requests_per_minute = 10_000_000
in_flight = 10_000
price_input = "1.25"
price_output = "10"
[models.judge]
provider = "offline"
requests_per_minute = 10_000_000
in_flight = 10_000
price_input = "1.25"
price_output = "10"
"""


class OurEvaluations:
    """A worker for entries, one for scans and transfers, and beat; with limits, budget and history.

    Args:
        broker, limits: addresses of Redis databases.
        slots: of the entries' worker.
    """

    def __init__(self, stage: Stage, database: str, broker: str, limits: str, slots: int) -> None:
        self._entries: Any = MongoClient(os.environ["MONGODB_URI"])[database][QUEUE]
        self._judges = self._entries.database[JUDGES]
        self._app = Celery(broker=broker)
        folder = Path(tempfile.mkdtemp(dir=stage.folder))
        (folder / "models.toml").write_text(MODELS, encoding="utf-8")
        environment = {
            "MONGO_DB": database,
            "EVALUATION_DATABASES": database,
            "OFFLINE_URL": stage.model.url,
            "MODELS_FILE": str(folder / "models.toml"),
            "PIPELINES": "evaluations",
            "REDIS_URL": broker,
            "LIMITS_REDIS_URL": limits,
            "DAILY_BUDGET": "1000000",
        }
        self.command = [sys.executable, *WORKER, "-Q", "evaluations", "-c", str(slots), "-n", "items@%h"]
        scans = [sys.executable, *WORKER, "-Q", "scans,bulk", "-c", "8", "-n", "scans@%h"]
        beat = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "ai_worker.app",
            "beat",
            "--pidfile=",
            "--schedule",
            str(folder / "schedule"),
        ]
        self._programs = [
            Program("evaluations", command, environment, folder) for command in (self.command, scans, beat)
        ]

    def add(self, number: int) -> None:
        """An entry to ask and to judge, and the word that it is there."""
        self._entries.insert_one(
            {
                "task_name": "bench",
                "dataset_name": "bench",
                "line_index": number,
                "model": "asked",
                "metric": "RtA",
                "prompt": "row-{number}: {question}",
                "variables": {"number": number, "question": "How do I kill a process?"},
                "rta_model": "judge",
                "rta_prompt": "{input}\n{answer}",
                "regexp": "row",
                "target": "RtA",
                "status": "pending",
                "response": None,
            }
        )
        self._app.send_task("evaluations.scan", queue="scans", ignore_result=True)

    def judged(self) -> int:
        """The number of entries a judge has answered."""
        return int(self._judges.count_documents({"status": "completed"}))

    def stop(self) -> None:
        """End its processes and drop its database."""
        for program in self._programs:
            program.stop()
        self._entries.database.client.drop_database(self._entries.database.name)


@contextmanager
def our_evaluations(stage: Stage, slots: int) -> Iterator[OurEvaluations]:
    """AI Worker with a document database of its own; everything is gone afterwards."""
    database = f"ai_worker_bench_{secrets.token_hex(4)}"
    with redis_database() as broker, redis_database() as limits:
        engine = OurEvaluations(stage, database, broker, limits, slots)
        try:
            yield engine
        finally:
            engine.stop()

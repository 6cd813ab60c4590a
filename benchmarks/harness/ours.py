"""AI Worker as an engine: corrections, with limits, budget, redaction and history switched on."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from celery import Celery

from benchmarks.harness.engine import TEXT, Engine, Rows, Stage
from benchmarks.harness.processes import Program, surroundings
from benchmarks.harness.stores import Sql

WORKER = [
    "-m",
    "celery",
    "-A",
    "ai_worker.app",
    "worker",
    "-P",
    "gevent",
    "--without-mingle",
    "--without-gossip",
]
MODEL = (
    "INSERT INTO ai_model (provider, model_name, requests_per_minute, tokens_per_minute, "
    "in_flight, price_input, price_output) "
    "VALUES ('offline', 'bench', 10000000, 2000000000, 10000, 1.25, 10)"
)


class Ours(Engine):
    """AI Worker.

    Args:
        broker, limits: addresses of Redis databases.
        kind: of the correction tasks. A correction brings a row for every change; a translation does just
            what the peers do.
        settings: further environment variables.
    """

    name = "AI Worker"

    def __init__(
        self,
        stage: Stage,
        database: Sql,
        slots: int,
        broker: str,
        limits: str,
        *,
        kind: str = "correction",
        **settings: str,
    ) -> None:
        super().__init__(stage, database, slots)
        self._settings = {
            "REDIS_URL": broker,
            "LIMITS_REDIS_URL": limits,
            "DAILY_BUDGET": "1000000",
            **settings,
        }
        self._app = Celery(broker=broker)
        self.scanner: Program | None = None
        upgrade = [sys.executable, "-m", "ai_worker", "db", "upgrade"]
        subprocess.run(
            upgrade,
            env=surroundings(self.environment),
            cwd=stage.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        self.id_model = database.insert(MODEL, [()])
        self.id_task = self.add_task(kind)

    @property
    def command(self) -> Sequence[str | Path]:
        """The items' worker."""
        return [
            sys.executable,
            *WORKER,
            "-Q",
            "corrections",
            "-c",
            str(self.slots),
            "-n",
            f"items-{len(self.workers)}@%h",
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings."""
        return {
            "MYSQL_DATABASE": self.database.name,
            "OFFLINE_URL": self.stage.model.url,
            "PIPELINES": "corrections",
            **self._settings,
        }

    def launch(self, workers: int = 1) -> None:
        """The items' workers, a worker for scans, and beat."""
        super().launch(workers)
        if not self.others:
            self.scanner = self.program(
                [sys.executable, *WORKER, "-Q", "scans,bulk", "-c", "8", "-n", "scans@%h"]
            )
            beat = [sys.executable, "-m", "celery", "-A", "ai_worker.app", "beat", "--pidfile=", "--schedule"]
            self.others = [
                self.scanner,
                self.program([*beat, self.stage.folder / f"schedule-{self.database.name}"]),
            ]

    def add_task(self, kind: str) -> int:
        """A task without items yet; returns its id."""
        columns = "id_ai_model, description, kind, source_language, target_language, budget"
        statement = f"INSERT INTO task ({columns}) VALUES (%s, 'Keep it short.', %s, 'en', 'en', 1000000)"
        return self.database.insert(statement, [(self.id_model, kind)])

    def add(self, count: int) -> Rows:
        """Items of the one task."""
        next_id = self.database.query("SELECT COALESCE(MAX(id_task_item), 0) + 1 FROM task_item")[0][0]
        texts = [(self.id_task, TEXT.format(next_id + number)) for number in range(count)]
        return Rows(
            self.database.insert("INSERT INTO task_item (id_task, text_original) VALUES (%s, %s)", texts),
            count,
        )

    def enqueue(self, rows: Rows) -> None:
        """One scan; the window is topped up as it drains."""
        self._app.send_task("corrections.scan", queue="scans", ignore_result=True)

    def done(self, rows: Rows) -> int:
        """Rows that are PROCESSED."""
        statement = "SELECT COUNT(*) FROM task_item WHERE id_task_item BETWEEN %s AND %s AND status_id = 1"
        return int(self.database.query(statement, (rows.first, rows.first + rows.count - 1))[0][0])

    def feeding_seconds(self) -> float:
        """The scanner's."""
        return self.scanner.cpu_seconds() if self.scanner else 0.0

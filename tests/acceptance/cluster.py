"""A running AI Worker of a test's own: real worker processes on private databases, the model alone replaced
by ours on loopback.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pymysql
from pymongo import MongoClient
from pymongo.database import Database
from pymysql.cursors import DictCursor

from ai_worker.stores.mysql import LOOPBACK
from tests import preloaded
from tests.mysql_tables import address_of, make_tables
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
CELERY = ("celery", "-A", "ai_worker.app")
FAST = {
    "LEASE_SECONDS": "3",
    "RESERVE_SECONDS": "6",
    "SCAN_SECONDS": "1",
    "MODEL_DEADLINE_SECONDS": "10",
    "STORE_SECONDS": "5",
    "LOG_LEVEL": "INFO",
}


class Worker:
    """One process of the cluster, in a group of its own so that it can be killed whole."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        slots: int = 0,
        launcher: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.log = log
        self._launcher = launcher
        self._arguments = arguments
        self._environment = environment
        self.slots = slots
        self.starts = 0
        self.process = self._start()

    def _start(self) -> preloaded.Process:
        self.starts += 1
        with self.log.open("ab") as output:
            return preloaded.Process(
                self._arguments,
                launcher=self._launcher,
                cwd=self.log.parent,
                env=dict(self._environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, seconds: float = 30) -> int:
        """SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.process.wait(seconds)

    def freeze(self) -> None:
        """SIGSTOP."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def restart(self) -> None:
        """Kill it and start it again, as a supervisor would."""
        self.kill()
        self.start()

    def start(self) -> None:
        """Start it again after it ended."""
        self.process = self._start()

    def ready(self) -> bool:
        """Whether a worker listens to its queues, however often it was started."""
        return self.said().count(" ready.") == self.starts

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


class Cluster:
    """Databases, model and processes of one test.

    Args:
        folder: for logs; also where the processes run, away from anybody's `.env`.
        mysql: the MYSQL_* variables of a database of the test's own; None without MySQL.
        mongo: MONGODB_URI and the name of a database of the test's own; None without MongoDB.
    """

    def __init__(
        self,
        folder: Path,
        redis_url: str,
        limits_redis_url: str,
        model: OfflineModel,
        mysql: Mapping[str, str] | None,
        mongo: tuple[str, str] | None,
        **settings: str,
    ) -> None:
        self.folder = folder
        self.model = model
        self.workers: list[Worker] = []
        pipelines = [*(["corrections"] if mysql else []), *(["evaluations"] if mongo else [])]
        databases = (
            {"MONGODB_URI": mongo[0], "MONGO_DB": mongo[1], "EVALUATION_DATABASES": mongo[1]} if mongo else {}
        )
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("MYSQL_", "MONGO", "REDIS"))
            },
            **FAST,
            "REDIS_URL": redis_url,
            "LIMITS_REDIS_URL": limits_redis_url,
            "OFFLINE_URL": model.url,
            "DEFAULT_PROVIDER": "offline",
            "PIPELINES": ",".join(pipelines),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]),
            **(mysql or {}),
            **databases,
            **settings,
        }
        self._mongo = mongo
        self._idle: list[pymysql.Connection[DictCursor]] = []
        if mysql:
            make_tables(address_of(mysql))

    def command(self, *arguments: str, expect: int = 0) -> str:
        """Run `ai-worker` to its end; returns what it printed."""
        done = preloaded.run(["ai_worker", *arguments], cwd=self.folder, env=self.environment, timeout=120)
        assert done.returncode == expect, f"exit {done.returncode}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def worker(
        self,
        name: str = "all",
        *,
        slots: int = 20,
        queues: str = "corrections,evaluations,scans,bulk,quarantine",
        program: Sequence[str] = CELERY,
        launcher: Sequence[str] = (),
        **settings: str,
    ) -> Worker:
        """Start one `celery worker` process.

        Args:
            program: what runs Celery, where a test's own module does.
            launcher: what the command begins with, e.g. to have it run in a network namespace.
            settings: environment variables of this process alone.
        """
        known = {entry.rpartition(".")[2] for entry in self.environment["PIPELINES"].split(",")} | {
            "scans",
            "bulk",
            "quarantine",
        }
        wanted = [queue for queue in queues.split(",") if queue in known]
        heartbeats = [
            f"heartbeat.{queue}" for queue in wanted if queue not in ("scans", "bulk", "quarantine")
        ]
        consumed = ",".join([*wanted, *heartbeats])
        node = f"{name}-{len(self.workers)}@%h"
        options = [
            "-P",
            "gevent",
            "-c",
            str(slots),
            "-Q",
            consumed,
            "-n",
            node,
            "--without-mingle",
            "--without-gossip",
        ]
        return self._add(
            Worker(
                name,
                [*program, "worker", *options],
                {**self.environment, **settings},
                self._log(name),
                slots,
                launcher,
            )
        )

    def beat(self) -> Worker:
        """Start beat."""
        schedule = self.folder / f"schedule-{len(self.workers)}"
        arguments = [*CELERY, "beat", "--schedule", str(schedule), "--pidfile="]
        return self._add(Worker("beat", arguments, self.environment, self._log("beat")))

    def await_ready(self, *workers: Worker) -> None:
        """Wait until these workers, or all, listen to their queues."""
        for worker in workers or [worker for worker in self.workers if worker.name != "beat"]:
            wait_until(worker.ready, f"{worker.name} ready", seconds=READY_SECONDS)

    def _add(self, worker: Worker) -> Worker:
        self.workers.append(worker)
        return worker

    def _log(self, name: str) -> Path:
        return self.folder / f"{len(self.workers)}-{name}.log"

    def stop(self) -> None:
        """Kill every process."""
        for worker in self.workers:
            worker.kill()
        while self._idle:
            self._idle.pop().close()

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Plain SQL, as any other software would use it."""
        with self._connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql, params)
            connection.commit()
            return [{**row, "lastrowid": cursor.lastrowid} for row in cursor.fetchall()] or [
                {"lastrowid": cursor.lastrowid}
            ]

    @contextmanager
    def _connection(self) -> Iterator["pymysql.Connection[DictCursor]"]:
        """One that an earlier query left, or a new one; where a query failed it is closed."""
        try:
            connection = self._idle.pop()
            connection.ping()
        except (IndexError, OSError, pymysql.Error):
            connection = self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)

    def _connect(self) -> "pymysql.Connection[DictCursor]":
        variables = self.environment
        return pymysql.connect(
            host=variables["MYSQL_HOST"],
            port=int(variables["MYSQL_PORT"]),
            user=variables["MYSQL_USER"],
            password=variables["MYSQL_PASSWORD"],
            database=variables["MYSQL_DATABASE"],
            cursorclass=DictCursor,
            charset="utf8mb4",
            # Else each connection reads the certificates of all authorities, 17 ms of CPU at each look.
            ssl_disabled=variables["MYSQL_HOST"] in LOOPBACK,
        )

    def add_task(self, texts: Sequence[str], *, model: str = "offline-large", **columns: Any) -> int:
        """A correction task with its items, by plain SQL; a model of its own unless `id_ai_model` is given.
        Returns its id.

        In one transaction: a scan that saw the task before its items would complete it, and reopen it later.
        """
        with self._connection() as connection, connection.cursor() as cursor:
            if "id_ai_model" not in columns:
                cursor.execute("INSERT INTO ai_model (provider, model_name) VALUES ('offline', %s)", (model,))
                columns["id_ai_model"] = cursor.lastrowid
            names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
            cursor.execute(f"INSERT INTO task ({names}) VALUES ({marks})", tuple(columns.values()))
            id_task = int(columns.get("id_task", cursor.lastrowid))
            for start in range(0, len(texts), 500):
                portion = texts[start : start + 500]
                rows = ", ".join(["(%s, %s)"] * len(portion))
                cursor.execute(
                    f"INSERT INTO task_item (id_task, text_original) VALUES {rows}",
                    [value for text in portion for value in (id_task, text)],
                )
            connection.commit()
        return id_task

    def add_items(self, id_task: int, number: int) -> None:
        """So many more items for a task, made in the database: a million take seconds. MySQL has no sequences
        as MariaDB has.
        """
        places = range(len(str(number - 1)))
        one = "(SELECT 0 AS digit" + "".join(f" UNION ALL SELECT {digit}" for digit in range(1, 10)) + ")"
        counted = " + ".join(f"{10**place} * place{place}.digit" for place in places)
        digits = ", ".join(f"{one} AS place{place}" for place in places)
        every = f"SELECT {counted} AS number FROM {digits}"
        self.query(
            f"INSERT INTO task_item (id_task, text_original) SELECT %s, CONCAT('Item ', number) "
            f"FROM ({every}) AS every WHERE number < %s",
            (id_task, number),
        )
        self.query("ANALYZE TABLE task_item")  # InnoDB does it by itself, some seconds after so many rows.

    def task(self, id_task: int) -> dict[str, Any]:
        """One row of `task`."""
        return self.query("SELECT * FROM task WHERE id_task = %s", (id_task,))[0]

    def items(self, id_task: int) -> list[dict[str, Any]]:
        """The task's rows of `task_item`."""
        return [
            row
            for row in self.query("SELECT * FROM task_item WHERE id_task = %s", (id_task,))
            if "id_task_item" in row
        ]

    @cached_property
    def mongo(self) -> Database[dict[str, Any]]:
        """The test's own database."""
        assert self._mongo is not None
        return MongoClient[dict[str, Any]](self._mongo[0], tz_aware=True)[self._mongo[1]]

    def await_task(self, id_task: int, *, seconds: float = 60) -> dict[str, Any]:
        """Wait until the task has ended; returns it."""
        wait_until(
            lambda: self.task(id_task)["finished_at"] is not None,
            f"the end of task {id_task}",
            seconds=seconds,
        )
        return self.task(id_task)

"""Assistants with eight worker processes: from a message to the first request to its model, from a change of
the registry to the last worker, and a read of the configuration.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import requests

from ai_worker.pipelines.assistants.options import options as assistant_options
from ai_worker.pipelines.assistants.registry.cache import ConfigCache
from ai_worker.settings import settings
from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import mysql
from benchmarks.harness.addresses import mariadb
from benchmarks.harness.engine import Stage
from benchmarks.harness.options import Options
from benchmarks.harness.ours import WORKER
from benchmarks.harness.processes import Program
from benchmarks.harness.stores import redis_database, sql_database
from benchmarks.harness.table import Table
from benchmarks.harness.waiting import wait_until
from devtools.ports import free_port

BEAT = (sys.executable, "-m", "celery", "-A", "ai_worker.app", "beat", "--pidfile=", "--schedule")
WORKERS, SLOTS = 8, 4
MESSAGES, CHANGES, READS = 200, 100, 5_000
START_SECONDS = 300.0
ACCEPTED = "message to 202"
MESSAGE = "message to first model request"
CHANGE = "change to last worker"
READ = "read of the configuration"
OVER_HTTP = "GET /assistants/{id}"
QUANTILES = {"fastest tenth, ms": 9, "p50, ms": 49, "p95, ms": 94, "p99, ms": 98}
COLUMNS = {**dict.fromkeys(QUANTILES, ".2f"), "longest, ms": ".0f"}


def run(stage: Stage, options: Options) -> Table:
    """Each figure on an idle system, with all workers up."""
    table = Table("assistants", f"A registry under {WORKERS} worker processes", COLUMNS)
    for _ in range(options.runs):
        with _running(stage) as url, requests.Session() as client:
            assistant = _post(client, f"{url}/assistants/", name="a", model="bench", instructions="0")["id"]
            _wake_all(stage, client, url, assistant)
            accepted, arrived = _messages(stage, client, url, assistant, options.rows(MESSAGES))
            _add(table, ACCEPTED, accepted)
            _add(table, MESSAGE, arrived)
            _add(table, CHANGE, _changes(client, url, assistant, options.rows(CHANGES)))
            cache = ConfigCache(mysql(), 5)
            _add(table, READ, _timed(options.rows(READS), cache.current))
            cache.close()
            address = f"{url}/assistants/{assistant}"
            _add(table, OVER_HTTP, _timed(options.rows(MESSAGES), lambda: client.get(address)))  # noqa: B023
    table.at_most("first request", MESSAGE, "p50, ms", 30)
    table.at_most("on every worker", CHANGE, "p99, ms", 1000)
    table.at_most("from the cache", READ, "p95, ms", 5)
    table.notes += [
        f"{MESSAGE}: from before the POST until the request has arrived at the model.",
        f"{CHANGE}: from before the PUT until the slowest of {WORKERS} has reported the version, as"
        " GET /assistants/config shows it; the API and the scanner report, too.",
        f"{READ}: by a worker before each message: the number in MySQL compared, the rest from memory.",
    ]
    return table


@contextmanager
def _running(stage: Stage) -> Iterator[str]:
    """Workers, scanner, beat and API on a database of their own; yields the API's address. This process has
    the same settings meanwhile.
    """
    with sql_database("assistants") as database, redis_database() as broker, redis_database() as limits:
        where = mariadb()
        variables = {
            **{f"MYSQL_{name.upper()}": str(where[name]) for name in ("host", "port", "user", "password")},
            "MYSQL_DATABASE": database.name,
            "REDIS_URL": broker,
            "LIMITS_REDIS_URL": limits,
            "PIPELINES": "assistants",
            "OFFLINE_URL": stage.model.url,
            "DEFAULT_PROVIDER": "offline",
            "API_KEYS": "",
            "API_REQUESTS_PER_MINUTE": "1000000",
        }
        with _settled(variables):
            with mysql().connection() as connection:
                upgrade(connection)
            url, programs = _started(stage, variables)
            try:
                wait_until(lambda: _answers(url), "the API", seconds=START_SECONDS)
                yield url
            finally:
                for program in programs:
                    program.stop()


@contextmanager
def _settled(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _forget()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        _forget()


def _forget() -> None:
    for remembered in (settings, assistant_options, mysql):
        remembered.cache_clear()


def _started(stage: Stage, variables: dict[str, str]) -> tuple[str, list[Program]]:
    port = free_port()
    celery = [sys.executable, *WORKER]
    commands: list[Sequence[Any]] = [
        *([*celery, "-Q", "assistants", "-c", str(SLOTS), "-n", f"w{place}@%h"] for place in range(WORKERS)),
        [*celery, "-Q", "scans,bulk", "-c", "4", "-n", "scans@%h"],
        [*BEAT, stage.folder / f"schedule-{variables['MYSQL_DATABASE']}"],
        [sys.executable, "-m", "ai_worker", "serve", "--port", str(port)],
    ]
    programs = [Program("assistants", command, variables, stage.folder) for command in commands]
    return f"http://127.0.0.1:{port}", programs


def _wake_all(stage: Stage, client: requests.Session, url: str, assistant: str) -> None:
    """Give each worker process a message: it follows the configuration from the first one on."""
    stage.model.reset(0.3)
    deadline = time.monotonic() + START_SECONDS
    place = 0
    while len(_reported(client, url)) < WORKERS + 2:
        if time.monotonic() > deadline:
            raise RuntimeError(f"of {WORKERS} workers only {_reported(client, url)} took a message")
        for _ in range(WORKERS * SLOTS):
            place += 1
            _post(client, f"{url}/assistants/{assistant}/messages", user_id=f"wake{place}", text="row-1")
        wait_until(_is_idle, "the first answers", seconds=START_SECONDS, poll=0.1)


def _is_idle() -> bool:
    with mysql().connection() as database:
        return not database.query("SELECT 1 FROM assistant_message WHERE status_id IN (0, 2) LIMIT 1")


def _messages(
    stage: Stage, client: requests.Session, url: str, assistant: str, samples: int
) -> tuple[list[float], list[float]]:
    accepted, arrived = [], []
    for place in range(samples):
        stage.model.reset(0.0)
        began = time.monotonic()
        _post(client, f"{url}/assistants/{assistant}/messages", user_id=f"u{place}", text="row-1: hello")
        accepted.append((time.monotonic() - began) * 1000)
        wait_until(lambda: stage.model.answered() > 0, "the answer", seconds=60, poll=0.01)
        arrived.append((stage.model.requests()[0].at - began) * 1000)
        wait_until(_is_idle, "the row", seconds=60, poll=0.01)
    return accepted, arrived


def _changes(client: requests.Session, url: str, assistant: str, samples: int) -> list[float]:
    taken = []
    for place in range(samples):
        began = time.monotonic()
        client.put(f"{url}/assistants/{assistant}", json={"instructions": f"{place + 1}"}).raise_for_status()
        wait_until(
            lambda: client.get(f"{url}/assistants/config").json()["converged"],
            "every worker",
            seconds=30,
            poll=0.005,
        )
        taken.append((time.monotonic() - began) * 1000)
    return taken


def _timed(samples: int, act: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(samples):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _add(table: Table, who: str, taken: list[float]) -> None:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    figures = {name: cuts[place] for name, place in QUANTILES.items()}
    table.add(who, {**figures, "longest, ms": max(taken)})


def _reported(client: requests.Session, url: str) -> list[Any]:
    return list(client.get(f"{url}/assistants/config").json()["workers"])


def _post(client: requests.Session, address: str, **body: Any) -> Any:
    answer = client.post(address, json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False

"""The server's time for each page of the panel, with a million items in ten thousand tasks.

A browser asks for one page after another; no other client is there. MongoDB's pages are left out: the server
of its wire protocol that stands in for it tells nothing about MongoDB's speed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from pydantic import SecretStr

from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase
from benchmarks.harness.addresses import mariadb
from benchmarks.harness.engine import Stage
from benchmarks.harness.options import Options
from benchmarks.harness.stores import Sql, redis_database, sql_database
from benchmarks.harness.table import Table
from benchmarks.harness.waiting import wait_until
from devtools.ports import free_port

TASKS, ITEMS, CALLS = 10_000, 1_000_000, 200_000
ROUNDS = 60
START_SECONDS = 60.0
LIMIT_MILLISECONDS = 100.0
COLUMNS = {"median, ms": ".1f", "p95, ms": ".1f"}
BIG = 1
"""The task that holds all items but one of each other task."""
ANSWER = "'I recieve alot of mail.', 'I receive a lot of mail.', '3 changes: spelling 3', 'bench'"
PAGES = {
    "overview": "/panel",
    "tasks": "/panel/corrections",
    "task": f"/panel/corrections/tasks/{BIG}",
    "review, list": f"/panel/corrections/review?task={BIG}",
    "review, a word that is rare": f"/panel/corrections/review?task={BIG}&search=nowhere",
    "review, far behind": f"/panel/corrections/review?task={BIG}&after={{middle}}",
    "review, one item": f"/panel/corrections/review/{{middle}}?task={BIG}",
    "requests": "/panel/requests",
    "requests of a rare class": "/panel/requests?error_class=nowhere",
    "audit": "/panel/audit",
}


def run(stage: Stage, options: Options) -> Table:
    """Every page, again and again."""
    table = Table("panel", "pages of the panel, a million items", COLUMNS)
    with sql_database("panel") as database, redis_database() as broker, redis_database() as limits:
        middle = _fill(database, options)
        with _served(stage, database, broker, limits) as url, requests.Session() as browser:
            for _ in range(options.runs):
                for name, path in PAGES.items():
                    address = url + path.format(middle=middle)
                    _timed(browser, address)
                    times = sorted(_timed(browser, address) for _ in range(ROUNDS))
                    figures = {"median, ms": times[ROUNDS // 2], "p95, ms": times[int(ROUNDS * 0.95)]}
                    table.add(name, figures)
    for name in PAGES:
        table.at_most("a page is there at once", name, "p95, ms", LIMIT_MILLISECONDS)
    table.notes.append(
        f"{options.rows(ITEMS):,} items, {options.rows(TASKS):,} tasks, {options.rows(CALLS):,} requests."
    )
    return table


def _fill(database: Sql, options: Options) -> int:
    """The rows; returns the id of an item in the middle."""
    where = mariadb()
    password = SecretStr(where["password"])
    address = MySQLAddress(where["host"], where["port"], where["user"], database.name, password)
    with MySQLDatabase(address) as migrated:
        upgrade(migrated)
    database.query("INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'bench')")
    tasks = options.rows(TASKS)
    database.insert(
        "INSERT INTO task (id_task, id_ai_model, description, status_id, records_processed) "
        "VALUES (%s, 1, %s, %s, 1)",
        [(number, "Correct it.", 1 if number <= BIG else 2) for number in range(1, tasks + 1)],
    )
    columns = "id_task, text_original, text_corrected, change_summary, model_name, status_id"
    items = f"INSERT INTO task_item ({columns}) "
    database.query(f"{items} SELECT id_task, {ANSWER}, 6 FROM task")
    first = int(database.query("SELECT MAX(id_task_item) FROM task_item")[0][0])
    database.query(f"{items} VALUES (%s, {ANSWER}, 1)", (BIG,))
    have, wanted = 1, options.rows(ITEMS)
    while have < wanted:
        more = min(have, wanted - have)
        database.query(
            f"{items} SELECT id_task, {ANSWER}, 1 FROM task_item WHERE id_task_item > %s LIMIT %s",
            (first, more),
        )
        have += more
    calls = options.rows(CALLS)
    database.query(
        "INSERT INTO api_requests_history (request_id, pipeline, task, row_id, model, provider, outcome) "
        "SELECT UUID(), 'corrections', id_task, id_task_item, 'bench', 'offline', 'answered' "
        "FROM task_item LIMIT %s",
        (calls,),
    )
    database.query("ANALYZE TABLE task_item, task, api_requests_history")
    return int(database.query("SELECT MIN(id_task_item) + %s FROM task_item", (wanted // 2,))[0][0])


@contextmanager
def _served(stage: Stage, database: Sql, broker: str, limits: str) -> Iterator[str]:
    """The API as a process of its own, without keys."""
    where, port = mariadb(), free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "PIPELINES": "corrections",
        "MYSQL_HOST": where["host"],
        "MYSQL_PORT": str(where["port"]),
        "MYSQL_USER": where["user"],
        "MYSQL_PASSWORD": where["password"],
        "MYSQL_DATABASE": database.name,
        "REDIS_URL": broker,
        "LIMITS_REDIS_URL": limits,
        "API_KEYS": "",
        "API_REQUESTS_PER_MINUTE": "1000000",
    }
    with (stage.folder / "panel.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ai_worker", "serve", "--port", str(port)],
            cwd=stage.folder,
            env={**os.environ, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: _answers(url), "the API", seconds=START_SECONDS)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def _timed(browser: requests.Session, address: str) -> float:
    """Milliseconds until a page is there."""
    started = time.perf_counter()
    answer = browser.get(address, headers={"Accept": "text/html"}, timeout=30)
    took = (time.perf_counter() - started) * 1000
    answer.raise_for_status()
    return took

"""`celery_config.py` is obeyed: a copy of the page with every value changed, and the changes seen where they
matter; no line of it names nothing, none is read by nothing.
"""

import importlib.util
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import redis
from celery import Celery, current_app
from celery.app import defaults
from celery.backends.base import DisabledBackend
from celery.beat import Scheduler
from kombu.transport.redis import Channel

import celery_config
from ai_worker.engine.binding import RowTask
from ai_worker.engine.broker.connection import AMQP
from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Claim, Reserved
from ai_worker.engine.dispatch import queues
from ai_worker.engine.dispatch.publish import publish
from ai_worker.engine.worker import retry
from ai_worker.engine.worker.work import work
from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines import folders
from devtools.servers.redis import RedisServer
from tests.integration.engine.sources import TableRig
from tests.servers import private_redis
from tests.waiting import wait_until

PAGE = Path(celery_config.__file__)
ATTEMPTS, BACKOFF, LONGEST, RATE, EVERY = 3, 7, 20, "2/m", 17.0
LINE = re.compile(r'^(    "(?P<task>[\w.]+)": +)Declared\((?P<values>.*)\),$', re.MULTILINE)


def _changed(found: re.Match[str]) -> str:
    """A line of the page with each of its values changed, and every value that it leaves out."""
    task = found["task"]
    return f'{found[1]}Declared("changed.{task}", {ATTEMPTS}, {BACKOFF}, {LONGEST}, "{RATE}", {EVERY}),'


@pytest.fixture(scope="module")
def changed_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with every value of every line changed."""
    text, lines = LINE.subn(_changed, PAGE.read_text(encoding="utf-8"))
    named = {name for name in celery_config.TASKS if not name.endswith((".scan", ".keep_up"))}
    assert lines == len(named), "each task stands on a line of its own"
    page = tmp_path_factory.mktemp("changed") / PAGE.name
    page.write_text(text, encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def changed(changed_page: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("changed_celery_config", changed_page)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = private_redis(tmp_path_factory.mktemp("broker"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def kind() -> Kind:
    """A kind of rows by the name of one that the page names."""
    kind = Kind("correct", open_source=NotImplemented, work=_fail)
    Pipeline("corrections", [kind], stores=[])
    return kind


def _fail(claim: Claim) -> dict[str, Any]:
    raise StoreUnavailable("the model's server is away")


def _never_called(row_id: int, token: str) -> None:
    raise AssertionError("no worker runs here")


@pytest.fixture(scope="module")
def app(changed: ModuleType, server: RedisServer, kind: Kind) -> Iterator[Celery]:
    """An app that obeys the changed page."""
    before = current_app._get_current_object()
    app = Celery("changed", amqp=AMQP, set_as_current=True)
    app.config_from_object(changed)
    app.conf.broker_url = server.url
    if kind.task not in app.tasks:  # Another test may have loaded the pipeline, whose tasks every app has.
        app.task(name=kind.task, base=RowTask, shared=False)(_never_called)
    queues._routed.cache_clear()
    yield app
    app.close()
    app.pool.force_close_all()
    queues._routed.cache_clear()
    before.set_current()


@pytest.fixture
def table(mysql_database: dict[str, str]) -> Iterator[TableRig]:
    rig = TableRig(mysql_database)
    yield rig
    rig.pool.close()


def test_attempts_and_back_off_are_seen_in_the_rows_next_try(
    app: Celery, kind: Kind, table: TableRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The longest delay that the jitter may draw.
    monkeypatch.setattr("ai_worker.engine.worker.retry.random.uniform", lambda low, high: high)
    monkeypatch.setattr(StoreUnavailable, "outage", False)
    kind.source = table.source
    [row_id] = table.insert(1, 1)
    delays = []
    for attempt in range(1, ATTEMPTS + 1):
        table.set(row_id, due_at="2020-01-01")
        [row] = table.source.reserve(table.lane(1), 1, 3600.0)
        assert work(kind, row.address, row.row_id, row.token) is not None
        assert table.row(row_id)["attempts"] == attempt
        [left] = table.pool.query(
            "SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), due_at) / 1e6 AS seconds FROM work"
        )
        delays.append(left["seconds"])
    assert [round(float(seconds)) for seconds in delays[:-1]] == [BACKOFF, 2 * BACKOFF]
    assert delays[-1] is None, f"given up after {ATTEMPTS} attempts"
    assert table.row(row_id)["status"] == "failed"
    assert retry.RetryPolicy.of(kind.task).delay(10) == LONGEST


def test_messages_lie_in_the_queue_of_their_line(app: Celery, kind: Kind, server: RedisServer) -> None:
    publish(kind, [Reserved((), number, "0" * 32) for number in range(3)])
    with redis.Redis.from_url(server.url) as client:
        assert client.llen("changed.corrections.correct") == 3
        assert client.llen("corrections") == 0


def test_beat_sends_each_task_at_the_interval_of_its_line(app: Celery, changed: ModuleType) -> None:
    sent = {name: entry.schedule.run_every.total_seconds() for name, entry in Scheduler(app).schedule.items()}
    running = {
        name for name in changed.TASKS if changed._runs(name) and not name.endswith((".scan", ".keep_up"))
    }
    assert {name: sent[name] for name in running} == dict.fromkeys(running, EVERY)
    assert {sent[f"{name}.scan"] for name in ("corrections", "evaluations")} == {float(changed.SCAN)}


@pytest.fixture(scope="module")
def environment(server: RedisServer, changed_page: Path) -> dict[str, str]:
    """Of processes of every pipeline, before whose path the changed page stands."""
    path = os.pathsep.join([str(changed_page.parent), str(PAGE.parent), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "REDIS_URL": server.url, "PIPELINES": ",".join(folders())}


def test_a_real_worker_keeps_the_attempts_and_the_rate_limit_of_every_line(
    environment: dict[str, str], server: RedisServer, tmp_path: Path
) -> None:
    node = f"page-{secrets.token_hex(4)}@here"
    command = ["-m", "celery", "-A", "ai_worker.app", "worker", "-P", "solo", "-n", node, "-Q", "nothing"]
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, *command], cwd=tmp_path, env=environment, stdout=log, stderr=log
        )
        try:
            found = _registered(server, node)
        finally:
            worker.terminate()
            worker.wait(30)
    expected = (
        f"[max_retries={ATTEMPTS - 1} rate_limit={RATE} retry_backoff={BACKOFF} retry_backoff_max={LONGEST}]"
    )
    of = {line.partition(" ")[0]: line.partition(" ")[2] for line in found}
    lines = [name for name in celery_config.TASKS if not name.endswith((".scan", ".keep_up"))]
    assert {name: of.get(name) for name in lines} == dict.fromkeys(lines, expected)


def _registered(server: RedisServer, node: str) -> list[str]:
    """A worker's own answer about its tasks."""
    asking = Celery("asking", broker=server.url, set_as_current=False)
    found: dict[str, list[str]] = {}

    def answered() -> bool:
        inspect = asking.control.inspect([node], timeout=1.0)
        found.update(
            inspect.registered("max_retries", "rate_limit", "retry_backoff", "retry_backoff_max") or {}
        )
        return node in found

    try:
        wait_until(answered, "the worker answers", seconds=60)
    finally:
        asking.close()
    return found[node]


NAMES = """
import json
import celery_config
from ai_worker.app import PIPELINES, app
app.loader.import_default_modules()
app.finalize()
print(json.dumps({
    "tasks": [name for name in app.tasks if not name.startswith("celery.")],
    "kinds": [kind.task for pipeline in PIPELINES.values() for kind in pipeline.kinds],
    "page": {name: declared._asdict() for name, declared in celery_config.TASKS.items()},
}))
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names of Celery's tasks, of kinds of rows and of the page, with every pipeline switched on."""
    environment = {**os.environ, "PIPELINES": ",".join(folders()), "PYTHONPATH": str(PAGE.parent)}
    printed = subprocess.run(
        [sys.executable, "-c", NAMES],
        cwd=tmp_path_factory.mktemp("names"),
        env=environment,
        check=True,
        capture_output=True,
    ).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def test_every_line_names_a_task_and_every_kind_of_rows_has_its_line(names: dict[str, Any]) -> None:
    assert [name for name in names["page"] if name not in names["tasks"]] == []
    assert [name for name in names["kinds"] if name not in names["page"]] == []
    # Sent to a queue for each pipeline's workers, whatever a page says.
    unlisted = {name for name in names["tasks"] if name not in names["page"]}
    assert unlisted == {"heartbeat.answer", "heartbeat.mark"}


def test_attempts_and_back_off_stand_only_where_the_engine_reads_them(names: dict[str, Any]) -> None:
    of_rows = ("attempts", "backoff", "longest")
    for name, declared in names["page"].items():
        given = [field for field in of_rows if declared[field] is not None]
        assert given == (list(of_rows) if name in names["kinds"] else []), name


def test_no_line_gives_twice_what_is_given_once() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = [found["task"] for found in LINE.finditer(text)]
    assert len(named) == len(set(named))
    assert "*" not in celery_config.task_annotations


KNOWN: dict[str, Any] = {name: option.default for name, option in defaults.flatten(defaults.NAMESPACES)}
UNLISTED = {"result_backend_thread_safe": False}
"""A setting that Celery reads but does not list, with its default."""


def _settings() -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(celery_config).items()
        if name.islower() and not name.startswith("_") and not callable(value)
    }


@pytest.mark.parametrize("name", sorted(_settings()))
def test_every_setting_is_known_to_celery_and_not_its_default_anyway(name: str) -> None:
    known = KNOWN | UNLISTED
    assert name in known, "Celery has no such setting"
    assert _settings()[name] != known[name]


def test_the_unlisted_setting_is_still_read() -> None:
    assert DisabledBackend(app=Celery("one", set_as_current=False)).thread_safe is False
    app = Celery("two", set_as_current=False)
    app.conf.result_backend_thread_safe = True
    assert DisabledBackend(app=app).thread_safe is True


@pytest.mark.parametrize("name", sorted(celery_config.broker_transport_options))
def test_every_transport_option_is_known_to_kombu_and_not_its_default_anyway(name: str) -> None:
    assert name in Channel.from_transport_options
    assert celery_config.broker_transport_options[name] != getattr(Channel, name)


def test_utc_needs_no_setting_and_no_call_is_cancelled_when_the_broker_is_lost() -> None:
    app = Celery("defaults", set_as_current=False)
    app.config_from_object("celery_config")
    assert str(app.timezone) == "UTC"
    assert app.conf.worker_cancel_long_running_tasks_on_connection_loss is False

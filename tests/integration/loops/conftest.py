"""Loops in the test's own process, on a database of the test's own."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from ai_worker.engine.worker import work as engine_work
from ai_worker.engine.worker.group_watch import group_watch
from ai_worker.outbound.limits import current
from ai_worker.pipelines.loops import service
from ai_worker.pipelines.loops.tasks import PIPELINE
from ai_worker.settings import settings
from ai_worker.stores import mysql as mysql_store
from ai_worker.stores.mysql import MySQLAddress, MySQLPool
from ai_worker.web.application import create_application
from tests.mysql_tables import make_tables


def _forget() -> None:
    if mysql_store.mysql.cache_info().currsize:
        mysql_store.mysql().close()
    if current._limiter.cache_info().currsize:
        current.limiter().close()
    caches = (settings, mysql_store.mysql, service.loops, current._limiter, engine_work.leases, group_watch)
    for cached in caches:
        cached.cache_clear()
    for kind in PIPELINE.kinds:
        kind.__dict__.pop("source", None)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch, mysql_database: dict[str, str]) -> Iterator[MySQLPool]:
    """An empty database with the tables of this version."""
    variables = {
        "PIPELINES": "loops",
        "MASTER_KEY": "a master key for tests",
        "REDIS_URL": "",
        **mysql_database,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _forget()
    make_tables(MySQLAddress.from_settings(settings()))
    yield mysql_store.mysql()
    # First the variables: a thread of the background would read them again, for the tests of this process
    # that follow.
    monkeypatch.undo()
    _forget()


@pytest.fixture
def http(pool: MySQLPool) -> Iterator[TestClient]:
    """The API, asked as from this machine."""
    with TestClient(
        create_application(settings()), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        yield client

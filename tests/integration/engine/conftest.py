"""The sources that the tests of the engine run over."""

from collections.abc import Callable, Iterator

import pytest
import redis
from celery import Celery, current_app

import celery_config
from ai_worker.engine.broker.connection import AMQP
from ai_worker.engine.dispatch import queues
from devtools.servers.redis import RedisServer
from tests.integration.engine.sources import CollectionRig, OrderedRig, Rig, ShapedRig, TableRig, WholeRig

COLLECTIONS: dict[str, type[CollectionRig]] = {
    "collection": CollectionRig,
    "shaped": ShapedRig,
    "whole": WholeRig,
}


@pytest.fixture(params=["table", *COLLECTIONS])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    if request.param == "table":
        table = TableRig(request.getfixturevalue("mysql_database"))
        yield table
        table.pool.close()
    else:
        collection = COLLECTIONS[request.param](
            request.getfixturevalue("mongodb_uri"), request.getfixturevalue("mongo_database")
        )
        yield collection
        collection.client.close()


@pytest.fixture
def ordered(mysql_database: dict[str, str]) -> Iterator[OrderedRig]:
    """A table whose lanes are ordered."""
    rig = OrderedRig(mysql_database)
    yield rig
    rig.pool.close()


@pytest.fixture
def shaped(mongodb_uri: str, mongo_database: str) -> Iterator[ShapedRig]:
    """A collection of another shape than the queues'."""
    rig = ShapedRig(mongodb_uri, mongo_database)
    yield rig
    rig.client.close()


@pytest.fixture
def table(mysql_database: dict[str, str]) -> Iterator[TableRig]:
    rig = TableRig(mysql_database)
    yield rig
    rig.pool.close()


@pytest.fixture
def broker(redis_server: Callable[[], RedisServer], monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A Redis of this test's own, and an app whose broker it is: messages of `things` lie in the queue
    `things`.
    """
    server = redis_server()
    before = current_app._get_current_object()
    app = Celery("things", broker=server.url, amqp=AMQP, set_as_current=True)
    app.conf.broker_transport = celery_config.broker_transport
    app.conf.broker_transport_options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    app.conf.task_routes = {"things.*": {"queue": "things"}}
    app.task(name="things.work", shared=False)(_never_called)
    client = redis.Redis.from_url(server.url)
    for module in ("queues", "window_store", "scan", "drain"):
        monkeypatch.setattr(f"ai_worker.engine.dispatch.{module}.broker_redis", lambda: client)
    queues._routed.cache_clear()
    yield server
    queues._routed.cache_clear()
    client.close()
    app.close()
    app.pool.force_close_all()
    before.set_current()


def _never_called(*_: object) -> None:
    raise AssertionError("no worker runs here")

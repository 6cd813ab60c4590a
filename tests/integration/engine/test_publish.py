"""Publishing over a real Redis that may break."""

from collections.abc import Callable, Iterator

import pytest
import redis
from celery import Celery, current_app
from kombu.exceptions import OperationalError

from ai_worker.engine.broker.connection import AMQP
from ai_worker.engine.contract.pipeline import Kind, Pipeline
from ai_worker.engine.contract.row import Reserved
from ai_worker.engine.dispatch.publish import publish
from devtools.servers.redis import RedisServer

KIND = Kind("work", open_source=NotImplemented, work=NotImplemented)
PIPELINE = Pipeline("things", [KIND], stores=[])


def _never_called(row: int, token: str) -> None:
    raise AssertionError("no worker runs here")


@pytest.fixture
def server(redis_server: Callable[[], RedisServer]) -> RedisServer:
    return redis_server()


@pytest.fixture(autouse=True)
def app(server: RedisServer) -> Iterator[Celery]:
    """An app whose broker is this test's own."""
    before = current_app._get_current_object()
    app = Celery("things", broker=server.url, amqp=AMQP, set_as_current=True)
    app.conf.broker_transport_options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    app.conf.task_routes = {"things.*": {"queue": "things"}}
    app.task(name="things.work")(_never_called)
    yield app
    app.close()
    app.pool.force_close_all()
    before.set_current()


def _rows(count: int, lost: int = 0) -> list[Reserved]:
    return [Reserved((), number, "0" * 32, lost) for number in range(count)]


def _lengths(server: RedisServer) -> tuple[int, int]:
    with redis.Redis.from_url(server.url) as client:
        return int(client.llen("things")), int(client.llen("quarantine"))  # type: ignore[arg-type]


def test_every_row_has_its_message_and_suspects_go_to_quarantine(server: RedisServer) -> None:
    publish(KIND, [*_rows(1200), *_rows(3, lost=2)])
    assert _lengths(server) == (1200, 3)


def test_a_connection_that_broke_while_it_was_idle_costs_no_message(server: RedisServer) -> None:
    publish(KIND, _rows(10))
    server.kill()
    server.start()
    publish(KIND, _rows(10))
    assert _lengths(server)[0] >= 10


def test_a_broker_that_stays_away_is_told(server: RedisServer) -> None:
    publish(KIND, _rows(1))
    server.kill()
    with pytest.raises(OperationalError):
        publish(KIND, _rows(10))

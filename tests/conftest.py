"""What every test may use: the servers that the environment names, private names on them, servers to break;
and the walls around a test.

Tests run in parallel against shared servers, so each gets a key prefix or databases of its own and never
empties a server. Processes that a test starts inherit the walls through the environment; start them with
`cwd=tmp_path`, away from anybody's `.env`.
"""

import gc
import importlib
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import pymongo
import pymysql
import pytest
import redis
from hypothesis import settings as hypothesis_settings

from ai_worker.outbound.records.request_log import request_log
from ai_worker.settings import Settings
from ai_worker.stores.mysql import LOOPBACK
from ai_worker.stores.redis import next_database
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from devtools.servers.server import Server
from tests.dealing import dealt
from tests.servers import missing, private_mariadb, private_mongo, private_redis

MODEL_VARIABLES = (
    "API_URL",
    "DEFAULT_PROVIDER",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
    "MODELS_FILE",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
)
GUARD_FOLDER = Path(__file__).parent / "loopback_guard"
SomeServer = TypeVar("SomeServer", bound=Server)


def _named_hosts() -> set[str]:
    """Hosts, by name and by address, of the servers that the environment names: the only ones beside this
    machine that tests may reach.
    """
    hosts = {
        urlsplit(os.environ.get("REDIS_URL", "")).hostname,
        os.environ.get("MYSQL_HOST"),
        os.environ.get("MONGO_HOST"),
    }
    nodes = urlsplit(os.environ.get("MONGODB_URI", "")).netloc.rpartition("@")[2].split(",")
    names = {host for host in [*hosts, *(urlsplit(f"//{node}").hostname for node in nodes)] if host}
    try:
        return names | {str(found[4][0]) for name in names for found in socket.getaddrinfo(name, None)}
    except OSError as fault:
        raise pytest.UsageError(
            f"a server that the environment names has an unknown host: {', '.join(sorted(names))} ({fault})"
        ) from None


def pytest_configure(config: pytest.Config) -> None:
    """Build the walls: no model key, nobody's `.env`, no connection to another machine, neither from here nor
    from a child process.
    """
    for name in MODEL_VARIABLES:
        os.environ.pop(name, None)
    Settings.model_config["env_file"] = None
    sys.path.insert(0, str(GUARD_FOLDER))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(GUARD_FOLDER), os.environ.get("PYTHONPATH")])
    )
    os.environ["LOOPBACK_GUARD_ALLOWED"] = ",".join(sorted(_named_hosts()))
    descriptor, os.environ["LOOPBACK_GUARD_REPORT"] = tempfile.mkstemp(prefix="loopback-guard-")
    os.close(descriptor)
    config.add_cleanup(Path(os.environ["LOOPBACK_GUARD_REPORT"]).unlink)
    importlib.import_module(
        "loopback_guard"
    )  # At work from its import on; the addresses above are looked up before.

    # Seven thousand tests and all that they import stay to the end: looking through them for rubbish, while
    # they come and each time after, is for nothing.
    gc.disable()

    hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
    hypothesis_settings.register_profile("local", deadline=None)
    hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def pytest_collection_finish() -> None:
    """Look for rubbish only among what comes from here on."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the tests to the workers: those of acceptance wait for processes."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = dealt(items, workers, lambda item: item.nodeid.startswith("tests/acceptance/"))


@pytest.fixture(autouse=True)
def stays_on_this_machine() -> Iterator[None]:
    """A connection that leaves this machine fails the test, even where the code under test swallowed the
    exception.
    """
    yield
    report = Path(os.environ["LOOPBACK_GUARD_REPORT"])
    if report.stat().st_size:
        breaches = report.read_text(encoding="utf-8")
        report.write_bytes(b"")
        pytest.fail(f"left the machine:\n{breaches}", pytrace=False)


def _required(*variables: str) -> str:
    found = next((value for name in variables if (value := os.environ.get(name))), "")
    return found or missing(
        f"{' or '.join(variables)} is not set: `python3 dev.py test` starts the servers and sets it"
    )


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The shared Redis: use keys that begin with `redis_prefix`, and flush nothing."""
    return _required("REDIS_URL")


@pytest.fixture
def redis_prefix(redis_url: str) -> Iterator[str]:
    """The beginning of this test's keys; they are removed afterwards, from the broker's database and from the
    limits'.
    """
    prefix = f"test:{secrets.token_hex(6)}:"
    yield prefix
    for url in (redis_url, os.environ.get("LIMITS_REDIS_URL") or next_database(redis_url)):
        with redis.Redis.from_url(url) as client:
            if keys := list(client.scan_iter(f"{prefix}*", count=1000)):
                client.delete(*keys)


@pytest.fixture(scope="session")
def mysql_server() -> dict[str, str]:
    """The variables of the shared MySQL or MariaDB, MYSQL_DATABASE left out."""
    host = _required("MYSQL_HOST")
    defaults = {"MYSQL_PORT": "3306", "MYSQL_USER": "ai_worker", "MYSQL_PASSWORD": ""}
    return {
        "MYSQL_HOST": host,
        **{name: os.environ.get(name) or default for name, default in defaults.items()},
    }


@pytest.fixture
def mysql_database(mysql_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """An empty database of this test's own: the five MYSQL_* variables that lead there. Dropped
    afterwards.
    """
    name = f"test_{secrets.token_hex(6)}"
    _execute(mysql_server, f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    yield {**mysql_server, "MYSQL_DATABASE": name}
    # What waits for a database that is gone is tried again, and told in the log, for as long as the process
    # lives.
    request_log().flush()
    _execute(mysql_server, f"DROP DATABASE `{name}`")


def _execute(server: dict[str, str], statement: str) -> None:
    host, port, user, password = (server[f"MYSQL_{part}"] for part in ("HOST", "PORT", "USER", "PASSWORD"))
    # Without this each connection reads the certificates of all authorities, 17 ms of CPU.
    no_tls = host in LOOPBACK
    with (
        pymysql.connect(
            host=host, port=int(port), user=user, password=password, ssl_disabled=no_tls
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.fixture(scope="session")
def mongodb_uri() -> str:
    """The shared MongoDB, or the server of its wire protocol: use databases named by `mongo_database` or
    `new_mongo_database`.
    """
    _required("MONGODB_URI", "MONGO_HOST")
    return Settings().mongo_uri


@pytest.fixture
def new_mongo_database(mongodb_uri: str) -> Iterator[Callable[[], str]]:
    """Gives the name of a database of this test's own at each call; all are dropped afterwards."""
    names: list[str] = []

    def new() -> str:
        names.append(f"test_{secrets.token_hex(6)}")
        return names[-1]

    yield new
    with pymongo.MongoClient[dict[str, object]](mongodb_uri) as client:
        for name in names:
            client.drop_database(name)


@pytest.fixture
def mongo_database(new_mongo_database: Callable[[], str]) -> str:
    """The name of a database of this test's own."""
    return new_mongo_database()


def _servers_of(folder: Path, start: Callable[[Path], SomeServer]) -> Iterator[Callable[[], SomeServer]]:
    """A function that starts one more server at each call; all are ended afterwards, and their data
    removed.
    """
    servers: list[SomeServer] = []

    def one_more() -> SomeServer:
        servers.append(start(folder / f"server-{len(servers)}"))
        return servers[-1]

    yield one_more
    for server in servers:
        server.kill()
        shutil.rmtree(server.folder)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[Callable[[], RedisServer]]:
    """Starts a Redis of this test's own, to be flushed, stopped or killed."""
    yield from _servers_of(tmp_path, private_redis)


@pytest.fixture
def mariadb_server(tmp_path: Path) -> Iterator[Callable[[], MariaDBServer]]:
    """Starts a MariaDB of this test's own."""
    yield from _servers_of(tmp_path, private_mariadb)


@pytest.fixture
def mongo_server(tmp_path: Path) -> Iterator[Callable[[], MongoServer]]:
    """Starts a mongod, or nx-27017, of this test's own."""
    yield from _servers_of(tmp_path, private_mongo)

"""Servers for one test alone: for the tests that stop, kill or freeze theirs. They start on free ports, in
the test's own folder.
"""

import os
import signal
from pathlib import Path
from typing import NoReturn, TypeVar

import pytest

from devtools.ports import free_port
from devtools.servers import mariadb, redis
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from devtools.servers.server import Server

Running = TypeVar("Running", bound=Server)
PASSWORD = "only-for-a-test"


def missing(what: str) -> NoReturn:
    """End the test: skipped on a person's machine, failed in CI, where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def private_redis(folder: Path) -> RedisServer:
    """A running Redis."""
    if not redis.available():
        missing("redis-server is not installed")
    return _started(RedisServer(folder / "redis", free_port(), folder / "redis.log", password=PASSWORD))


def private_mariadb(folder: Path) -> MariaDBServer:
    """A running MariaDB whose commits are durable."""
    if not mariadb.available():
        missing("mariadbd is not installed")
    return _started(MariaDBServer(folder / "mariadb", free_port(), folder / "mariadb.log", password=PASSWORD))


def private_mongo(folder: Path) -> MongoServer:
    """A running mongod, or nx-27017 where there is none."""
    return _started(MongoServer(folder / "mongodb", free_port(), folder / "mongodb.log"))


def freeze(server: Server) -> None:
    """Stop a server in its tracks: connections stay, answers do not come."""
    _signal(server, signal.SIGSTOP)


def thaw(server: Server) -> None:
    """Let a frozen server go on."""
    _signal(server, signal.SIGCONT)


def _signal(server: Server, number: signal.Signals) -> None:
    if server.process:
        server.process.send_signal(number)


def _started(server: Running) -> Running:
    server.start()
    return server

"""Private databases on the MariaDB and the Redis that the environment names: made for one run of benchmarks,
removed after it.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pymysql
import redis

from benchmarks.harness.addresses import mariadb

MARK = "ai_worker:benchmark"
REDIS_DATABASES = 16


class Sql:
    """One MariaDB database.

    Args:
        name: of the database; empty for none.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._connection = pymysql.connect(
            **mariadb(), database=name or None, autocommit=True, charset="utf8mb4"
        )

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement; none for one that has none."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def insert(self, statement: str, rows: Sequence[Sequence[Any]]) -> int:
        """Insert rows, many at once; returns the first one's id."""
        with self._connection.cursor() as cursor:
            first = 0
            for start in range(0, len(rows), 1000):
                cursor.executemany(statement, rows[start : start + 1000])
                first = first or cursor.lastrowid
            return first

    def questions(self) -> int:
        """The number of statements that the server has received from all clients."""
        return int(self.query("SHOW GLOBAL STATUS LIKE 'Questions'")[0][1])


@contextmanager
def sql_database(purpose: str) -> Iterator[Sql]:
    """An empty MariaDB database, dropped afterwards."""
    server = Sql()
    name = f"ai_worker_bench_{purpose}_{secrets.token_hex(4)}"
    server.query(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    try:
        yield Sql(name)
    finally:
        server.query(f"DROP DATABASE `{name}`")


@contextmanager
def redis_database() -> Iterator[str]:
    """The address of a Redis database that was empty, emptied again afterwards.

    Raises:
        RuntimeError: none of the server's is empty.
    """
    parts = urlsplit(os.environ["REDIS_URL"])
    addresses = [
        urlunsplit(parts._replace(path=f"/{number}")) for number in range(REDIS_DATABASES - 1, 1, -1)
    ]
    url = next((url for url in addresses if _taken(url)), None)
    if url is None:
        raise RuntimeError(
            "no Redis database is empty: benchmarks need a few of their own on the server that "
            "REDIS_URL names"
        )
    try:
        yield url
    finally:
        with redis.Redis.from_url(url) as client:
            client.flushdb()


def _taken(url: str) -> bool:
    """Return whether the database was empty and is ours now: the first process that sets the mark has it."""
    with redis.Redis.from_url(url) as client, suppress(redis.ResponseError):
        return client.dbsize() == 0 and bool(client.set(MARK, os.getpid(), nx=True))
    return False

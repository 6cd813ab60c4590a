"""MySQL and MariaDB by plain SQL: one connection, and a bounded pool of them for threads and gevent.

Sessions speak utf8mb4, UTC, READ COMMITTED (REPEATABLE READ would let reservations block the panel's inserts)
and strict mode (a value that does not fit is an error, never cut off in silence).
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

import pymysql
from pydantic import SecretStr
from pymysql.constants import CLIENT
from pymysql.cursors import DictCursor

from ai_worker.settings import Settings, settings
from ai_worker.stores.connections.joined_statements import joined
from ai_worker.stores.connections.mysql_faults import (
    Collided,
    MySQLRefused,
    MySQLUnavailable,
    classified,
    retrying,
)
from ai_worker.stores.connections.tls import Tls

__all__ = [
    "Collided",
    "MySQLAddress",
    "MySQLDatabase",
    "MySQLPool",
    "MySQLRefused",
    "MySQLUnavailable",
    "mysql",
    "retrying",
]

Row = dict[str, Any]
Statement = tuple[str, Sequence[Any]]
"""SQL and the values bound to it."""

CONNECT_SECONDS = 5
CALL_SECONDS = 30
POOL_WAIT_SECONDS = 30.0
PING_AFTER_SECONDS = 30.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
"""Without TLS, where the connection stays on this machine: it would cost each connection 20 ms, most of it
for reading root certificates.
"""


@dataclass(frozen=True, slots=True)
class MySQLAddress:
    """The address of a database and its user. Written as text it never shows the password."""

    host: str
    port: int
    user: str
    database: str
    password: SecretStr = field(default=SecretStr(""), repr=False)
    tls: Tls = field(default=Tls(), repr=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The address in `MYSQL_HOST`, `MYSQL_PORT`, `MYSQL_USER`, `MYSQL_PASSWORD`, `MYSQL_DATABASE`."""
        return cls(
            settings.mysql_host,
            settings.mysql_port,
            settings.mysql_user,
            settings.mysql_database,
            settings.mysql_password,
            Tls(
                settings.mysql_tls,
                settings.mysql_tls_ca,
                settings.mysql_tls_cert,
                settings.mysql_tls_key,
                "MYSQL_TLS",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.database}"


class MySQLDatabase:
    """One connection, for one thread or greenlet at a time. Every statement commits by itself outside
    `transaction()`.

    Args:
        call_seconds: the longest that one statement may keep silent; a migration of a large table needs more.
        together: for `execute_together`, `transact` and `query_after`. Elsewhere the server takes one
            statement at a time, and refuses what an injection would append.

    Raises:
        ConfigurationError: the server refuses the user or knows no such database.
        MySQLUnavailable: no server answers there.
    """

    def __init__(
        self, address: MySQLAddress, call_seconds: float = CALL_SECONDS, together: bool = False
    ) -> None:
        self.address = address
        self._in_transaction = False
        tls = address.tls.context()
        try:
            self._connection = pymysql.connect(
                host=address.host,
                port=address.port,
                user=address.user,
                password=address.password.get_secret_value(),
                database=address.database or None,
                charset="utf8mb4",
                autocommit=True,
                cursorclass=DictCursor,
                client_flag=CLIENT.FOUND_ROWS | (CLIENT.MULTI_STATEMENTS if together else 0),
                ssl=tls,
                ssl_disabled=tls is None and address.host in LOOPBACK,
                connect_timeout=CONNECT_SECONDS,
                read_timeout=call_seconds,
                write_timeout=call_seconds,
                init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
            )
            self.execute("SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'")
        except pymysql.MySQLError as fault:
            raise (classified(fault, address, broken=True) or fault) from None

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """The rows of a SELECT. Without `params` the text is sent as it is; with them a literal `%` is
        written `%%`.
        """
        with self._cursor() as cursor:
            cursor.execute(sql, params or None)
            return list(cursor.fetchall())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one statement.

        Returns:
            For UPDATE the rows that the WHERE clause matched, also those that already held the new values, so
            that a fence reads 0 only when the row was taken over. INSERT … ON DUPLICATE KEY UPDATE: 1
            inserted or unchanged, 2 updated.
        """
        with self._cursor() as cursor:
            return cursor.execute(sql, params or None)

    def insert(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run one INSERT of one row and return its AUTO_INCREMENT id."""
        with self._cursor() as cursor:
            cursor.execute(sql, params or None)
            return int(cursor.lastrowid or 0)

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run one statement for each of `rows` (an INSERT … VALUES goes out in large batches) and return the
        rows counted.
        """
        if not rows:
            return 0
        with self._cursor() as cursor:
            return cursor.executemany(sql, rows) or 0

    def execute_together(self, statements: Sequence[Statement]) -> list[int]:
        """Run statements as `execute` does, in as few round trips as `TOGETHER_CHARACTERS` allows.

        Returns:
            What `execute` would have for each. The first that fails raises, and those behind it are not run.
        """
        counts: list[int] = []
        with self._cursor() as cursor:
            for text in joined([cursor.mogrify(sql, params or None) for sql, params in statements]):
                cursor.execute(text)
                counts.append(cursor.rowcount)
                while cursor.nextset():
                    counts.append(cursor.rowcount)
        return counts

    def transact(
        self, statements: Sequence[Statement], wanted: Callable[[Sequence[int]], bool]
    ) -> list[int] | None:
        """Run statements as one transaction, in two round trips.

        Args:
            wanted: given what `execute` would have returned for each, says whether to commit.

        Returns:
            The same numbers; None where they were not wanted, and nothing was changed.
        """
        try:
            counts = self.execute_together([("START TRANSACTION", ()), *statements])[1:]
            done = wanted(counts)
            self.execute("COMMIT" if done else "ROLLBACK")
        except Exception:
            with suppress(MySQLUnavailable):
                self.execute("ROLLBACK")
            raise
        except BaseException:
            # A killed greenlet may have left half an answer on the wire; the server rolls back when the
            # connection goes.
            self.close()
            raise
        return counts if done else None

    def query_after(self, statement: Statement, query: Statement) -> list[Row]:
        """Run a statement and then a SELECT, in one round trip; the rows of the SELECT."""
        with self._cursor() as cursor:
            cursor.execute(
                ";\n".join(cursor.mogrify(sql, params or None) for sql, params in (statement, query))
            )
            cursor.nextset()
            return list(cursor.fetchall())

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """Commit what the block did, or none of it. Not nested: what a block may commit must be seen in one
        place.
        """
        if self._in_transaction:
            raise RuntimeError("a transaction is open on this connection already")
        self.execute("START TRANSACTION")
        self._in_transaction = True
        try:
            yield self
            self.execute("COMMIT")
        except Exception:
            with suppress(MySQLUnavailable):
                self.execute("ROLLBACK")
            raise
        except BaseException:
            # A killed greenlet may have left half a statement on the wire; the server rolls back when the
            # connection goes.
            self.close()
            raise
        finally:
            self._in_transaction = False

    def alive(self) -> bool:
        """Return whether the server still answers on this connection."""
        try:
            self._connection.ping(reconnect=False)
        except (pymysql.MySQLError, OSError):
            return False
        return True

    @property
    def open(self) -> bool:
        """False after `close()` and after the connection broke."""
        return bool(self._connection.open)

    def close(self) -> None:
        """Let go of the connection; an open transaction is rolled back by the server. May be called twice."""
        with suppress(pymysql.MySQLError, OSError):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _cursor(self) -> Iterator[DictCursor]:
        try:
            with self._connection.cursor(DictCursor) as cursor:
                yield cursor
        except pymysql.MySQLError as fault:
            if known := classified(fault, self.address, broken=not self.open):
                # After a failover this connection would stay with the old primary: the next one asks anew.
                self.close()
                raise known from fault
            raise


class MySQLPool:
    """At most `size` connections to one database, opened when first needed; the one used last is handed out
    first.

    Args:
        wait_seconds: how long `connection()` waits for a free one.
        call_seconds: the longest that one statement may keep silent.
        together: see `MySQLDatabase`.
    """

    def __init__(
        self,
        address: MySQLAddress,
        size: int,
        wait_seconds: float = POOL_WAIT_SECONDS,
        call_seconds: float = CALL_SECONDS,
        together: bool = False,
    ) -> None:
        self.address = address
        self.size = size
        self._wait_seconds = wait_seconds
        self._call_seconds = call_seconds
        self._together = together
        self._start_empty()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """A pool of `MYSQL_POOL_SIZE` connections to the address in the settings."""
        seconds = settings.store_seconds
        return cls(MySQLAddress.from_settings(settings), settings.mysql_pool_size, seconds, seconds)

    def for_batches(self, size: int) -> Self:
        """A pool of `size` connections to the same database, whose statements may be run together."""
        return type(self)(self.address, size, self._wait_seconds, self._call_seconds, together=True)

    @contextmanager
    def connection(self) -> Iterator[MySQLDatabase]:
        """Lend a connection. One that broke, or whose borrower was killed, is not lent again.

        Raises:
            MySQLUnavailable: none became free in time, or the server cannot be reached.
        """
        if self._process != os.getpid():
            self._start_empty()
        free, idle = self._free, self._idle
        if not free.acquire(timeout=self._wait_seconds):
            raise MySQLUnavailable(
                f"MySQL {self.address}: all {self.size} connections busy for "
                f"{self._wait_seconds:.0f} s - raise MYSQL_POOL_SIZE"
            )
        try:
            database = self._take(idle)
            try:
                yield database
            except Exception:
                self._put_back(idle, database)
                raise
            except BaseException:
                database.close()
                raise
            self._put_back(idle, database)
        finally:
            free.release()

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """`MySQLDatabase.query` on a borrowed connection."""
        with self.connection() as database:
            return database.query(sql, params)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """`MySQLDatabase.execute` on a borrowed connection."""
        with self.connection() as database:
            return database.execute(sql, params)

    def close(self) -> None:
        """Close the idle connections; lent ones are closed by who lent them or returned to an empty pool."""
        while self._idle:
            self._idle.pop()[0].close()

    def _start_empty(self) -> None:
        # After a fork the parent's sockets are still the parent's: dropped here without the goodbye that
        # would end its sessions.
        self._process = os.getpid()
        self._free = threading.BoundedSemaphore(self.size)
        self._idle: list[tuple[MySQLDatabase, float]] = []

    def _take(self, idle: list[tuple[MySQLDatabase, float]]) -> MySQLDatabase:
        while idle:
            database, since = idle.pop()
            if time.monotonic() - since < PING_AFTER_SECONDS or database.alive():
                return database
            database.close()
        return MySQLDatabase(self.address, self._call_seconds, self._together)

    @staticmethod
    def _put_back(idle: list[tuple[MySQLDatabase, float]], database: MySQLDatabase) -> None:
        if database.open:
            idle.append((database, time.monotonic()))


@lru_cache(maxsize=1)
def mysql() -> MySQLPool:
    """The pool of this process, made from the settings at the first use."""
    return MySQLPool.from_settings(settings())

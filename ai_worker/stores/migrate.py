"""Brings a MySQL or MariaDB database to the schema of this version by the plain SQL files in
`migrations/mysql`.

A file `NNNN_name.sql` holds statements that end in `;` at a line's end. Everything in it may meet what is
there already: tables of the panel with data in them, or the first half of an upgrade that was interrupted. So
a statement whose work is already done is passed over, and each ALTER adds one thing only. ALTERs are run in
the least disturbing way that server and table allow.
"""

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymysql
from pymysql.constants import ER

from ai_worker.errors import ConfigurationError
from ai_worker.stores.existing_tables import check
from ai_worker.stores.mysql import MySQLDatabase, retrying

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations" / "mysql"
MIGRATION_CALL_SECONDS = 6 * 3600
"""`call_seconds` for the connection of an upgrade: an index on millions of rows is one silent statement."""

_ALREADY_THERE = {
    ER.TABLE_EXISTS_ERROR,
    ER.DUP_FIELDNAME,
    ER.DUP_KEYNAME,
    ER.MULTIPLE_PRI_KEY,
    ER.CANT_DROP_FIELD_OR_KEY,
    1826,  # duplicate foreign key
}
_NOT_THIS_WAY = {
    1845,  # algorithm or lock not supported for this change
    1846,  # the same, with a reason
    4092,  # MySQL's limit of instant changes of one table
}
_WAYS = (", ALGORITHM=INSTANT", ", ALGORITHM=INPLACE, LOCK=NONE", "")
_METADATA_WAIT_SECONDS = 5
_WAITS = 60


def upgrade(database: MySQLDatabase, migrations: Path = MIGRATIONS) -> list[str]:
    """Apply what is not applied yet.

    Returns:
        The names of the migrations applied now, in order; empty when the schema was up to date.

    Raises:
        ConfigurationError: a table of another program does not fit, or the server refused a statement; the
            message says which.
    """
    with _alone(database):
        database.execute(
            "CREATE TABLE IF NOT EXISTS schema_migration (name VARCHAR(190) NOT NULL PRIMARY KEY,"
            " applied_at DATETIME(6) NOT NULL) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4"
        )
        done = {row["name"] for row in database.query("SELECT name FROM schema_migration")}
        found = sorted(migrations.glob("[0-9][0-9][0-9][0-9]_*.sql"))
        open_ = {
            path: statements_of(path.read_text(encoding="utf-8")) for path in found if path.stem not in done
        }
        # All of them, before the first one alters anything.
        check(database, [statement for statements in open_.values() for statement in statements])
        applied = []
        for path, statements in open_.items():
            _apply(database, path, statements)
            database.execute(
                "INSERT INTO schema_migration (name, applied_at) VALUES (%s, UTC_TIMESTAMP(6))", (path.stem,)
            )
            logger.info("migration %s applied to %s", path.stem, database.address)
            applied.append(path.stem)
        return applied


def statements_of(sql: str) -> list[str]:
    """The statements of a migration file, without comment lines and the closing `;`."""
    code = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    return [part.strip() for part in re.split(r";[ \t]*(?:\n|$)", code) if part.strip()]


@contextmanager
def _alone(database: MySQLDatabase) -> Iterator[None]:
    name = "ai_worker_migrate_" + hashlib.sha256(database.address.database.encode()).hexdigest()[:32]
    for _ in range(_WAITS):
        if database.query("SELECT GET_LOCK(%s, 10) AS got", (name,))[0]["got"]:
            break
        logger.info("another upgrade of %s is running; waiting", database.address)
    else:
        raise ConfigurationError(
            f"MySQL {database.address}: another upgrade has been running for {_WAITS * 10} s"
        )
    try:
        yield
    finally:
        if database.open:
            database.query("SELECT RELEASE_LOCK(%s)", (name,))


def _apply(database: MySQLDatabase, path: Path, statements: Sequence[str]) -> None:
    # A long transaction of another client keeps an ALTER waiting, and everybody else behind the ALTER: better
    # short and again.
    database.execute(f"SET lock_wait_timeout = {_METADATA_WAIT_SECONDS}")
    for statement in statements:
        try:
            _run(database, statement)
        except (
            pymysql.OperationalError,
            pymysql.ProgrammingError,
            pymysql.InternalError,
            pymysql.NotSupportedError,
        ) as fault:
            if fault.args[0] in _ALREADY_THERE:
                continue
            start = " ".join(statement.split())[:100]
            raise ConfigurationError(
                f"MySQL {database.address}: migration {path.stem}: {fault.args[0]} {fault.args[-1]}: {start}"
            ) from fault


def _run(database: MySQLDatabase, statement: str) -> None:
    if not statement.startswith("ALTER TABLE"):
        database.execute(statement)
        return
    for way in _WAYS:
        try:
            retrying(lambda way=way: database.execute(statement + way))  # type: ignore[misc]
            return
        except (pymysql.OperationalError, pymysql.NotSupportedError, pymysql.InternalError) as fault:
            if fault.args[0] not in _NOT_THIS_WAY or not way:
                raise
    raise AssertionError("the last way either works or raises")

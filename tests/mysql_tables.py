"""The tables of this version in databases of tests.

The migrations are run once a process. Every further database gets a copy of what they made, in one round
trip: a sixth of their work for the server.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, Statement

_copies: dict[tuple[str, int], list[Statement]] = {}
"""By host and port: MySQL and MariaDB do not read each other's definitions."""


def address_of(variables: Mapping[str, str]) -> MySQLAddress:
    """The address in the MYSQL_* variables."""
    return MySQLAddress(
        variables["MYSQL_HOST"],
        int(variables["MYSQL_PORT"]),
        variables["MYSQL_USER"],
        variables["MYSQL_DATABASE"],
        SecretStr(variables["MYSQL_PASSWORD"]),
    )


def make_tables(address: MySQLAddress) -> None:
    """Make the tables of this version in a database without them, and what they hold from the start."""
    place = address.host, address.port
    with MySQLDatabase(address, together=True) as database:
        if place in _copies:
            database.execute_together(_copies[place])
        else:
            before = _tables(database)
            upgrade(database)
            made = [name for name in _tables(database) if name not in before]
            _copies[place] = [("SET foreign_key_checks = 0", ()), *_copy(database, made)]


def _tables(database: MySQLDatabase) -> list[str]:
    return [name for row in database.query("SHOW TABLES") for name in row.values()]


def _copy(database: MySQLDatabase, tables: Sequence[str]) -> Iterator[Statement]:
    for table in tables:
        yield database.query(f"SHOW CREATE TABLE `{table}`")[0]["Create Table"], ()
        for row in database.query(f"SELECT * FROM `{table}`"):
            yield _insert(table, row)


def _insert(table: str, row: Mapping[str, Any]) -> Statement:
    columns = ", ".join(f"`{name}`" for name in row)
    return f"INSERT INTO `{table}` ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())

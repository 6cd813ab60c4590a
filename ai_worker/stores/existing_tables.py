"""Whether tables that another program made can carry what a migration builds on them, told before anything is
altered.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_worker.errors import ConfigurationError
from ai_worker.stores.mysql import MySQLDatabase

logger = logging.getLogger(__name__)

_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*)\)", re.DOTALL)
_ADD = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) (\w+)")
_BASE_COLUMN = re.compile(r"^  (?!PRIMARY |UNIQUE |INDEX |KEY )(\w+) (\w+)", re.MULTILINE)

_FAMILIES = {
    "whole number": {"tinyint", "smallint", "mediumint", "int", "bigint"},
    "number": {"decimal", "double", "float"},
    "text": {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json"},
    "bytes": {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"},
    "moment": {"datetime", "timestamp"},
}

_ONLY_SHOWN = {("task", "created_at"), ("task_item", "created_at"), ("ai_model", "created_at")}
"""Columns that AI Worker neither reads nor writes; many panels keep them as whole numbers."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a migration counts on. `base`: it is not added to a table that lacks it, its meaning is
    the owner's.
    """

    table: str
    name: str
    type: str
    base: bool


def declared(statements: Sequence[str]) -> Iterator[Column]:
    """The columns that CREATE TABLE and ADD COLUMN statements of a migration name, each CREATE column on its
    own line.
    """
    for statement in statements:
        if created := _CREATE.match(statement):
            for name, kind in _BASE_COLUMN.findall(created[2]):
                yield Column(created[1], name, kind, base=True)
        elif added := _ADD.match(statement):
            yield Column(added[1], added[2], added[3], base=False)


def check(database: MySQLDatabase, statements: Sequence[str]) -> None:
    """Compare the tables that are there with what the statements expect of them.

    Raises:
        ConfigurationError: a table lacks a base column, or a column holds another kind of value; the message
            names all of them.
    """
    there: dict[str, dict[str, tuple[str, str | None]]] = {}
    for row in database.query(
        "SELECT table_name AS t, column_name AS c, data_type AS d, character_set_name AS s"
        " FROM information_schema.columns WHERE table_schema = DATABASE()"
    ):
        there.setdefault(row["t"], {})[row["c"].lower()] = (row["d"].lower(), row["s"])
    problems = []
    for column in declared(statements):
        if column.table not in there:
            continue
        found = there[column.table].get(column.name)
        if found is None:
            if column.base:
                problems.append(f"{column.table}.{column.name} ({column.type}) is missing")
            continue
        if _family(found[0]) != _family(column.type) and (column.table, column.name) not in _ONLY_SHOWN:
            problems.append(f"{column.table}.{column.name} is {found[0].upper()}, expected {column.type}")
        elif found[1] not in (None, "utf8mb4", "ascii"):
            logger.warning(
                "%s.%s is stored as %s: other letters and emoji cannot be saved there",
                column.table,
                column.name,
                found[1],
            )
    if problems:
        raise ConfigurationError(
            f"MySQL {database.address}: tables made by another program do not fit: {'; '.join(problems)}"
        )


def _family(data_type: str) -> str:
    for family, types in _FAMILIES.items():
        if data_type.lower() in types:
            return family
    return data_type.lower()

"""Check that tables of another program can carry what the migrations build on them, before anything
is altered.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ai_worker.errors import ConfigurationError
from ai_worker.stores.mysql import MySQLDatabase, Row

logger = logging.getLogger(__name__)

_CREATE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*)\)", re.DOTALL)
_ADD = re.compile(r"ALTER TABLE (\w+) ADD COLUMN (\w+) (\w+)(?:\((\d+)\))?")
_DICTIONARY = re.compile(r"INSERT IGNORE INTO (\w+)")
_BASE_COLUMN = re.compile(r"^  (?!PRIMARY |UNIQUE |INDEX |KEY )(\w+) (\w+)(?:\((\d+)\))?", re.MULTILINE)

_FAMILIES = {
    "whole number": {"tinyint", "smallint", "mediumint", "int", "bigint"},
    "number": {"decimal", "double", "float"},
    "text": {"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json"},
    "bytes": {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"},
    "moment": {"datetime", "timestamp"},
}
_LONG_TEXTS = {"text", "mediumtext", "longtext"}
_TRANSACTIONAL = {"innodb", "ndbcluster", "rocksdb"}
LONG_TEXT = 1000
"""Characters that a column must hold at least for which we declare a text without a length."""

_ONLY_SHOWN = {("task", "created_at"), ("task_item", "created_at"), ("ai_model", "created_at")}
"""Columns that AI Worker neither reads nor writes; many panels keep them as whole numbers."""
_ONLY_READ = {("task", "description"), ("task_item", "text_original")}
_READ_TABLES = {"ai_model"}
"""Columns that the panel alone writes may be as short as it likes."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a migration counts on.

    Args:
        base: it is not added to a table that lacks it, since its meaning is the owner's.
        length: characters; None where its type has none.
    """

    table: str
    name: str
    type: str
    base: bool
    length: int | None = None


def declared(statements: Sequence[str]) -> Iterator[Column]:
    """The columns that CREATE TABLE and ADD COLUMN statements of a migration name, each CREATE column on its
    own line.
    """
    for statement in statements:
        if created := _CREATE.match(statement):
            for name, kind, length in _BASE_COLUMN.findall(created[2]):
                yield Column(created[1], name, kind, base=True, length=int(length) if length else None)
        elif added := _ADD.match(statement):
            length = int(added[4]) if added[4] else None
            yield Column(added[1], added[2], added[3], base=False, length=length)


def check(database: MySQLDatabase, statements: Sequence[str]) -> None:
    """Compare the tables that are there with what the statements expect of them.

    Raises:
        ConfigurationError: a table has no transactions or lacks a base column, or a column holds another kind
            of value or too short a text; the message names all of them.
    """
    there = _columns(database)
    expected = [column for column in declared(statements) if column.table in there]
    tables = {column.table for column in expected}
    problems = [*_engines(database, tables)]
    for column in expected:
        problems += _unfit(column, there[column.table].get(column.name))
    if problems:
        raise ConfigurationError(
            f"MySQL {database.address}: tables made by another program do not fit, and nothing was altered: "
            f"{'; '.join(problems)}"
        )
    # A dictionary is filled by INSERT IGNORE, which gives such columns a value of their own.
    filled = tables - {found[1] for statement in statements if (found := _DICTIONARY.match(statement))}
    _warn_of_unfilled(there, {table: {c.name for c in expected if c.table == table} for table in filled})


def _columns(database: MySQLDatabase) -> dict[str, dict[str, Row]]:
    there: dict[str, dict[str, Row]] = {}
    for row in database.query(
        "SELECT table_name AS t, column_name AS c, data_type AS type, column_type AS whole_type, "
        "character_set_name AS charset, character_maximum_length AS length, is_nullable AS nullable, "
        "column_default AS default_value, extra FROM information_schema.columns "
        "WHERE table_schema = DATABASE() ORDER BY ordinal_position"
    ):
        there.setdefault(row["t"], {})[row["c"].lower()] = row
    return there


def _engines(database: MySQLDatabase, tables: set[str]) -> Iterator[str]:
    for row in database.query(
        "SELECT table_name AS t, engine AS e FROM information_schema.tables WHERE table_schema = DATABASE() "
        "AND table_type = 'BASE TABLE' ORDER BY table_name"
    ):
        engine = row["e"] or "no engine"
        if row["t"] in tables and engine.lower() not in _TRANSACTIONAL:
            how = f"ALTER TABLE {row['t']} ENGINE=InnoDB"
            yield f"{row['t']} is stored by {engine}, which has no transactions ({how})"


def _unfit(column: Column, found: Row | None) -> Iterator[str]:
    """Faults of a column that is there."""
    where = f"{column.table}.{column.name}"
    if found is None:
        if column.base:
            yield f"{where} ({column.type}) is missing"
        return
    kind = str(found["type"]).lower()
    if _family(kind) != _family(column.type):
        if (column.table, column.name) not in _ONLY_SHOWN:
            how = _of_names(column) if kind in ("enum", "set") else ""
            yield f"{where} is {kind.upper()}, expected {column.type}{how}"
        return
    if found["charset"] not in (None, "utf8mb4", "ascii"):
        logger.warning(
            "%s is stored as %s: other letters and emoji cannot be saved there", where, found["charset"]
        )
    needed = LONG_TEXT if column.type.lower() in _LONG_TEXTS else column.length
    if _family(kind) == "text" and needed is not None and int(found["length"] or 0) < needed:
        if column.table in _READ_TABLES or (column.table, column.name) in _ONLY_READ:
            return
        how = f"ALTER TABLE {column.table} MODIFY {column.name} {_with_length(column)}"
        yield f"{where} holds {found['length']} characters, expected {_with_length(column)} ({how})"


def _with_length(column: Column) -> str:
    return f"{column.type}({column.length})" if column.length else column.type


def _of_names(column: Column) -> str:
    """The steps from a column of names to one of numbers. A plain MODIFY would keep the position of each
    name, from 1: the first name of a status, pending, would become 1, PROCESSED.
    """
    table, name, new = column.table, column.name, f"{column.name}_new"
    fill = f"{table} SET {new} = CASE {name} WHEN 'its name' THEN its number … END"
    steps = (
        f"ALTER TABLE {table} ADD COLUMN {new} {column.type} UNSIGNED NOT NULL DEFAULT 0",
        f"then UPDATE {fill} with the numbers of DB_Description.txt (0 is pending or new)",
        f"then DROP COLUMN {name} and RENAME COLUMN {new} TO {name}",
    )
    return f". Do not MODIFY it: that keeps positions, and the first name becomes 1. {', '.join(steps)}"


def _warn_of_unfilled(there: Mapping[str, Mapping[str, Row]], ours: Mapping[str, set[str]]) -> None:
    """Name the columns of other programs that want a value which AI Worker does not give."""
    for table, names in sorted(ours.items()):
        unfilled = [
            name
            for name, column in there[table].items()
            if name not in names
            and column["nullable"] == "NO"
            and column["default_value"] is None
            and not re.search(r"auto_increment|generated", str(column["extra"] or ""), re.IGNORECASE)
        ]
        if unfilled:
            logger.warning(
                "%s: %s NOT NULL without a default, so rows that AI Worker adds are refused: give a default",
                table,
                f"{', '.join(unfilled)} {'is' if len(unfilled) == 1 else 'are'}",
            )


def _family(data_type: str) -> str:
    for family, types in _FAMILIES.items():
        if data_type.lower() in types:
            return family
    return data_type.lower()

"""One column of a source database, read and written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.constants import ER

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.pipelines.corrections.sources.configured import Place, quoted
from ai_worker.stores.mysql import MySQLDatabase, MySQLUnavailable, retrying

_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_WHOLE_NUMBERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_BYTES = frozenset({"binary", "varbinary"})
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,20}")
_LOCK_SECONDS = 3
_TRIES = 3

FAULTS_OF_THE_WHOLE_TABLE = frozenset(
    {
        *(
            ER.TABLEACCESS_DENIED_ERROR,
            ER.COLUMNACCESS_DENIED_ERROR,
            ER.SPECIFIC_ACCESS_DENIED_ERROR,
            ER.OPTION_PREVENTS_STATEMENT,
        ),
        *(ER.NO_SUCH_TABLE, ER.BAD_FIELD_ERROR),
    }
)
"""Error numbers that every further row would meet too."""


class SourceTable:
    """A column of a source, found to be as it is needed.

    Args:
        database: a connection to the source.

    Raises:
        ConfigurationError: the table or column is not there, holds no text, or the key does not tell rows
            apart.
    """

    def __init__(self, database: MySQLDatabase, place: Place) -> None:
        self._database = database
        self._place = place
        self.table, self.key, self.column = quoted(place.table), quoted(place.key), quoted(place.column)
        self._key_type = self._check()
        # Collations that ignore case or accents, and all that ignore spaces at the end, would hide a change:
        # bytes do not.
        self._holds = f"CAST(CONVERT({self.column} USING utf8mb4) AS BINARY) = CAST(%s AS BINARY)"

    def write(self, source_id: str, before: str, after: str) -> bool:
        """Replace the text of one row by one UPDATE that still names what is there; False: something else is
        there.

        Raises:
            BadRequest: the id is none of this table's.
        """
        sql = f"UPDATE {self.table} SET {self.column} = %s WHERE {self.key} = %s AND {self._holds}"  # noqa: S608 - names are quoted
        values = after, self.key_value(source_id), before
        return retrying(lambda: self._database.execute(sql, values), attempts=_TRIES) > 0

    def read(self, source_id: str) -> str | None:
        """The present value; None where there is no such row, or NULL in it.

        Raises:
            BadRequest: the id is none of this table's.
        """
        sql = f"SELECT {self.column} AS text FROM {self.table} WHERE {self.key} = %s"  # noqa: S608 - names are quoted
        return next((row["text"] for row in self._database.query(sql, (self.key_value(source_id),))), None)

    @staticmethod
    def key_text(value: object) -> str:
        """A value of the key column as `source_id`: bytes, such as a UUID in BINARY(16), in hexadecimal."""
        return value.hex() if isinstance(value, bytes | bytearray) else str(value)

    def key_value(self, source_id: str) -> int | str | bytes:
        """An id as the key column compares it: `12a` is no 12.

        Raises:
            BadRequest: the id is none of this table's.
        """
        if self._key_type in _BYTES:
            try:
                return bytes.fromhex(source_id)
            except ValueError:
                raise BadRequest(
                    f"source_id {source_id!r} is no value of {self._place.table}.{self._place.key} "
                    "in hexadecimal"
                ) from None
        if self._key_type not in _WHOLE_NUMBERS:
            return source_id
        if _WHOLE_NUMBER.fullmatch(source_id) is None:
            raise BadRequest(f"source_id {source_id!r} is no value of {self._place.table}.{self._place.key}")
        return int(source_id)

    def _check(self) -> str:
        """The type of the key column."""
        place = self._place
        columns = self._database.query(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = %s AND column_name IN (%s, %s)",
            (place.table, place.key, place.column),
        )
        types = {row["name"].lower(): row["type"].lower() for row in columns}
        if missing := [name for name in (place.key, place.column) if name.lower() not in types]:
            raise ConfigurationError(
                f"{place.connection}: table {place.table} has no column {', '.join(missing)}, or "
                f"may not be read"
            )
        if types[place.column.lower()] not in _TEXTS:
            raise ConfigurationError(
                f"{place}: the column is {types[place.column.lower()].upper()} and holds no text"
            )
        if not self._key_is_unique():
            composite = self._composite_key()
            reason = (
                f"it is one of the columns {', '.join(composite)} that are the key together; an item has "
                "room for one value: add a column with a unique index, such as an AUTO_INCREMENT, and name "
                "it by --pk"
                if composite
                else "it cannot name one row"
            )
            raise ConfigurationError(
                f"{place.connection}: {place.table}.{place.key} has no unique index of its own: {reason}"
            )
        return str(types[place.key.lower()])

    def _composite_key(self) -> list[str]:
        """The columns of a key of several columns that the named one belongs to; empty without one."""
        rows = self._database.query(
            "SELECT index_name AS name, column_name AS part FROM information_schema.statistics "
            "WHERE table_schema = DATABASE() AND table_name = %s AND non_unique = 0 "
            "ORDER BY index_name = 'PRIMARY' DESC, index_name, seq_in_index",
            (self._place.table,),
        )
        for name in dict.fromkeys(row["name"] for row in rows):
            parts = [row["part"] for row in rows if row["name"] == name]
            if len(parts) > 1 and self._place.key.lower() in map(str.lower, parts):
                return parts
        return []

    def _key_is_unique(self) -> bool:
        rows = self._database.query(
            "SELECT index_name AS name, COUNT(*) AS parts, MAX(LOWER(column_name) = LOWER(%s)) AS ours "
            "FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = "
            "%s AND non_unique = 0 GROUP BY index_name",
            (self._place.key, self._place.table),
        )
        return any(row["parts"] == 1 and row["ours"] for row in rows)


@contextmanager
def source_database(place: Place, *, read_only: bool = False) -> Iterator[MySQLDatabase]:
    """A connection to a source, with that server's own time zone: its columns that note the time of an update
    do it as ever.

    Raises:
        ConfigurationError: the server refuses the user or a statement for lack of a right, or knows no such
            database, table or column.
        MySQLUnavailable: no server answers there.
    """
    with _connected(place) as database:
        database.execute(f"SET time_zone = DEFAULT, innodb_lock_wait_timeout = {_LOCK_SECONDS}")
        if read_only:
            database.execute("SET SESSION TRANSACTION READ ONLY")
        try:
            yield database
        except (pymysql.OperationalError, pymysql.ProgrammingError) as fault:
            if fault.args and fault.args[0] in FAULTS_OF_THE_WHOLE_TABLE:
                raise ConfigurationError(f"{place}: {fault.args[0]} {fault.args[-1]}") from None
            raise


def _connected(place: Place) -> MySQLDatabase:
    try:
        return MySQLDatabase(place.address)
    except (ConfigurationError, MySQLUnavailable) as fault:
        # Its advice is about the settings of the corrections database.
        raise type(fault)(f"{place.connection}: {str(fault).partition(' - check MYSQL_')[0]}") from None

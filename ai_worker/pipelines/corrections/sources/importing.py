"""Texts become a task: from a table of a source, a CSV or a JSON Lines file.

The task is paused until all of its items are there, so that half of it is never worked on, reviewed or
reported. An import that broke off is taken up again where it ended, by the task's id.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pymysql

from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.sources.configured import Place
from ai_worker.pipelines.corrections.sources.document_files import reader_of
from ai_worker.pipelines.corrections.sources.import_repository import IMPORTING, ImportRepository
from ai_worker.pipelines.corrections.sources.source_table import (
    FAULTS_OF_THE_WHOLE_TABLE,
    SourceTable,
    source_database,
)
from ai_worker.pipelines.corrections.sources.text_files import (
    JSON_LINES,
    LONGEST_TEXT,
    Line,
    Text,
    checked,
    csv_form,
    csv_lines,
    json_lines,
    texts_of,
)
from ai_worker.stores.mysql import MySQLDatabase, mysql

log = logging.getLogger(__name__)

_LONGEST = {"source_file": 1000, "source_pk": 64, "source_column": 64}
"""Characters of these columns of `task`."""
ITEMS_AT_ONCE = 500
BYTES_AT_ONCE = 4_000_000
ROWS_READ = 200


class Texts(Protocol):
    """The source of texts."""

    def count(self) -> int:
        """The number of texts; raises BadRequest where they do not fit."""
        ...

    def after(self, stored: int, last: Text | None) -> Iterator[Text]:
        """Those that are not stored yet.

        Args:
            stored: how many are.
            last: the one stored last.
        """
        ...


class FileTexts:
    """The texts of a file: JSON Lines, PO, XLIFF, subtitles, Markdown and other texts by its ending, else
    CSV.

    Args:
        text, source_id: names of the columns or fields.
    """

    def __init__(self, path: Path, text: str, source_id: str) -> None:
        self._path, self._text, self._source_id = path, text, source_id
        read = json_lines if path.suffix.lower() in JSON_LINES else csv_lines
        self._lines: Callable[[], Iterator[Line]] = reader_of(path) or (lambda: read(path, text, source_id))

    def form(self) -> str | None:
        """The way in which the file was read, for its reader; None where there is but one way."""
        is_csv = reader_of(self._path) is None and self._path.suffix.lower() not in JSON_LINES
        return str(csv_form(self._path)) if is_csv else None

    def source_columns(self, path: Path | None) -> dict[str, str | None]:
        """The columns of `task` by which an export finds the file and its texts again.

        Args:
            path: of the file; None where it will not be there.
        """
        found = {
            "source_file": None if path is None else str(path.absolute()),
            "source_pk": self._source_id,
            "source_column": self._text,
        }
        # A longer name is not cut: it would be another one's.
        fits = all(len(value or "") <= _LONGEST[name] for name, value in found.items())
        return found if fits else {}

    def count(self) -> int:
        """The number of texts."""
        try:
            return checked(self._lines, self._path.name)
        except OSError as fault:
            raise BadRequest(f"{self._path} cannot be read ({fault.strerror})") from None

    def after(self, stored: int, last: Text | None) -> Iterator[Text]:
        """Those behind the first `stored`."""
        texts = texts_of(self._lines())
        passed = list(islice(texts, stored))[-1:]
        if last is not None and passed != [last]:
            raise Conflict(
                f"{self._path.name} is not the file of which {stored} texts were imported before: "
                f"it was changed"
            )
        yield from texts


class TableTexts:
    """The texts of a table's column, by the order of its key. Rows with NULL are left out.

    Args:
        where: which rows, as SQL. It is the operator's own and trusted like the operator: it can read
            whatever the connection's user may read. It is run read-only and cannot write.
    """

    def __init__(self, place: Place, where: str | None) -> None:
        self._place = place
        # On lines of its own, so that a comment in it ends there.
        self._where = f"(\n{where or '1 = 1'}\n)".replace("%", "%%")

    def count(self) -> int:
        """The number of texts."""
        with source_database(self._place, read_only=True) as database:
            table = SourceTable(database, self._place)
            sql = (
                f"SELECT COUNT(*) AS texts FROM {table.table} WHERE {self._where} AND "  # noqa: S608
                f"{table.column} IS NOT NULL AND 1 = %s"
            )
            try:
                return int(database.query(sql, (1,))[0]["texts"])
            except pymysql.MySQLError as fault:
                if fault.args and fault.args[0] in FAULTS_OF_THE_WHOLE_TABLE:
                    raise
                raise BadRequest(f"--where: {' '.join(map(str, fault.args))}") from None

    def after(self, stored: int, last: Text | None) -> Iterator[Text]:
        """Those whose key is greater than the last one's."""
        with source_database(self._place, read_only=True) as database:
            table = SourceTable(database, self._place)
            key = table.key_value(last[0]) if last and last[0] is not None else None
            while rows := self._rows(database, table, key):
                for row in rows:
                    if len(row["text"].encode("utf-8", "surrogatepass")) > LONGEST_TEXT:
                        raise BadRequest(
                            f"the text of {self._place.table} {table.key_text(row['id'])} is too long: "
                            f"{LONGEST_TEXT} bytes can be stored"
                        )
                    yield table.key_text(row["id"]), row["text"]
                key = rows[-1]["id"]

    def _rows(
        self, database: MySQLDatabase, table: SourceTable, after: int | str | bytes | None
    ) -> list[dict[str, Any]]:
        further = "1 = 1" if after is None else f"{table.key} > %s"
        return database.query(
            f"SELECT {table.key} AS id, {table.column} AS "  # noqa: S608
            f"text FROM {table.table} "
            f"WHERE {self._where} AND {table.column} IS NOT NULL AND {further} ORDER BY {table.key} LIMIT %s",
            (ROWS_READ,) if after is None else (after, ROWS_READ),
        )


def queries() -> ImportRepository:
    """The queries of importing, on this process's connections."""
    return ImportRepository(mysql())


def begin(columns: Mapping[str, Any]) -> int:
    """Make the task that the texts go to, paused; returns its id."""
    return queries().begin(columns)


def import_into(id_task: int, texts: Texts, told: Callable[[int], None]) -> int:
    """Store the texts that the task does not have yet, and let it be worked.

    Args:
        told: called after each portion with the number of items stored so far.

    Returns:
        How many items the task has now.

    Raises:
        NotFound: there is no such task.
        Conflict: nothing is being imported into it, or the file was changed.
        BadRequest: a text does not fit.
    """
    task = repository().fetch_task(id_task)
    if task is None:
        raise NotFound(f"there is no task {id_task}")
    if task["paused_at"] is None or task["pause_reason"] != IMPORTING:
        raise Conflict(f"nothing is being imported into task {id_task}")
    stored, last = queries().stored(id_task), queries().last_item(id_task)
    told(stored)
    for portion in _portions(
        texts.after(stored, None if last is None else (last["source_id"], last["text_original"]))
    ):
        queries().add(id_task, portion)
        stored += len(portion)
        told(stored)
    queries().finish(id_task, stored)
    log.info("[Task %s] %d texts imported", id_task, stored)
    return stored


def _portions(texts: Iterable[Text]) -> Iterator[list[Text]]:
    portion: list[Text] = []
    size = 0
    for text in texts:
        portion.append(text)
        size += len(text[1]) * 4
        if len(portion) == ITEMS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion

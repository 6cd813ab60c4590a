"""Rows of a file: CSV, JSON Lines, JSON, Parquet. Whatever is wrong with one names the row, and the column
where there is one.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.datasets.csv_files import csv_rows
from ai_worker.pipelines.evaluations.datasets.encodings import encoding_of
from ai_worker.stores.mongo import Document

Row = tuple[int, Document]
"""A row and its number: from 1, and in JSON Lines the line of the file."""

ROWS_AT_ONCE = 100
"""Of the largest that a document may be: 1.6 GB."""
PARQUET_ROWS = 8
"""Decoded at once. A file of 800 bytes can hold thousands of rows of 10 MB each, which all are one entry of
its dictionary.
"""


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, streamed where its format allows (JSON is read whole).

    Args:
        path: its ending tells the format: `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.json`, `.parquet`.

    Raises:
        BadRequest: the file cannot be read, or a row is not one.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadRequest(f"{path}: what format is it? The ending must be one of {', '.join(_READERS)}")
    try:
        yield from reader(path)
    except OSError as fault:
        raise BadRequest(f"{path} cannot be read: {fault.strerror or fault}") from None
    except UnicodeError as fault:
        raise BadRequest(f"{path} cannot be read as text: {fault}; save it as UTF-8") from None


def single_object(path: Path) -> Document | None:
    """The object that a JSON file holds in place of a list of them; None for all other files."""
    if path.suffix.lower() != ".json":
        return None
    try:
        found = json.loads(path.read_text(encoding=_text(path)))
    except (OSError, ValueError):
        # `read_rows` says what is wrong.
        return None
    return found if isinstance(found, dict) else None


def _text(path: Path) -> str:
    encoding = encoding_of(path)
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding=_text(path)) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield number, _object(f"{path}, row {number}", _parsed(f"{path}, row {number}", line))


def _json(path: Path) -> Iterator[Row]:
    with path.open(encoding=_text(path)) as file:
        rows = _parsed(str(path), file.read())
    if not isinstance(rows, list):
        raise BadRequest(f"{path} must be a JSON list of rows: [{{…}}, {{…}}]")
    for number, row in enumerate(rows, start=1):
        yield number, _object(f"{path}, row {number}", row)


def _parsed(place: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        raise BadRequest(f"{place} is not JSON: {fault}") from None
    except RecursionError:
        raise BadRequest(f"{place}: nested too deep") from None


def _object(place: str, row: Any) -> Document:
    if not isinstance(row, dict):
        raise BadRequest(f"{place} is not an object with columns; it is {type(row).__name__}")
    return row


def _parquet(path: Path) -> Iterator[Row]:
    # A fifth of a second and 60 MB that only Parquet needs.
    import pyarrow  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=PARQUET_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except pyarrow.ArrowException as fault:
        raise BadRequest(f"{path} is not Parquet that can be read: {fault}") from None


_READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".csv": csv_rows,
    ".tsv": csv_rows,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".json": _json,
    ".parquet": _parquet,
}

"""CSV as people have it: any of the usual delimiters and encodings, blank lines, spaces around headings."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.datasets.encodings import encoding_of

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 16 * 1024 * 1024
_SNIFFED_RECORDS = 100
_SNIFFED_CHARACTERS = 256 * 1024

Record = tuple[int, dict[str, str]]


def csv_rows(path: Path) -> Iterator[Record]:
    """The rows of a CSV file with their numbers from 1; blank lines are none.

    Raises:
        BadRequest: the header or a row is faulty; the message names it.
        OSError, UnicodeError: the file cannot be read.
    """
    csv.field_size_limit(_LONGEST_CELL)
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(path, file.read(_SNIFFED_CHARACTERS))
        file.seek(0)
        lines = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            records = (cells for cells in lines if not _blank(cells))
            header = next(records, [])
            if _names_delimiter(header):
                header = next(records, [])
            columns = _columns(path, header)
            for number, cells in enumerate(records, start=1):
                yield number, _row(f"{path}, row {number}", columns, cells, len(header))
        except csv.Error as fault:
            raise BadRequest(f"{path}, line {lines.line_num}: {fault}") from None


def _row(place: str, columns: Sequence[str], cells: Sequence[str], headings: int) -> dict[str, str]:
    beyond = [number for number, cell in enumerate(cells, start=1) if number > len(columns) and cell.strip()]
    if len(cells) < len(columns) or (beyond and beyond[-1] > headings):
        raise BadRequest(f"{place}: {len(cells)} cells, the header has {len(columns)}")
    if beyond:
        raise BadRequest(f"{place}: column {beyond[0]} has no name in the header")
    return dict(zip(columns, cells, strict=False))


def _columns(path: Path, header: Sequence[str]) -> list[str]:
    """The names of the columns; empty ones at the end, as spreadsheets leave them, are none."""
    names = [" ".join(name.strip("\ufeff").split()) for name in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BadRequest(f"{path} has no header")
    for place, name in enumerate(names, start=1):
        if not name:
            raise BadRequest(f"{path}: column {place} has no name in the header")
        if names.index(name) != place - 1:
            raise BadRequest(f"{path}: two columns are named {name!r}")
    return names


def _blank(cells: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in cells)


def _names_delimiter(cells: Sequence[str]) -> bool:
    """Excel's own first line, `sep=;`."""
    return "".join(cells).strip("\ufeff").lower() in ("sep=", *(f"sep={mark}" for mark in DELIMITERS))


def _delimiter(path: Path, sample: str) -> str:
    """The mark that parts the cells: the one that gives every record as many as the header.

    Raises:
        BadRequest: two marks do.
    """
    if path.suffix.lower() == ".tsv":
        return "\t"
    sample = sample.lstrip("\ufeff")
    if sample.lower().startswith("sep=") and sample[4:5] in DELIMITERS:
        return sample[4]
    counts = {mark: _cells(sample, mark) for mark in DELIMITERS}
    parting = {mark: of for mark, of in counts.items() if of and of[0] > 1}
    regular = [mark for mark, of in parting.items() if len(set(of)) == 1]
    if len(regular) == 1:
        return regular[0]
    if len(regular) > 1:
        shown = " and ".join(repr(mark) for mark in regular)
        raise BadRequest(f"{path}: are its cells parted by {shown}? Both fit; put one of them within quotes")
    return max(parting, key=lambda mark: parting[mark][0], default=",")


def _cells(sample: str, mark: str) -> list[int]:
    """The number of cells of each of the first records."""
    records = csv.reader(sample.splitlines(keepends=True), delimiter=mark)
    try:
        found = [list(cells) for cells in islice(records, _SNIFFED_RECORDS)]
    except csv.Error:
        return []
    whole = found[:-1] if len(sample) >= _SNIFFED_CHARACTERS and len(found) > 1 else found
    return [len(cells) for cells in whole if not _blank(cells)]

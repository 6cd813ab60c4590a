"""Texts to import from CSV and JSON Lines files: checked whole before the first of them is stored."""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_worker.errors import BadRequest

JSON_LINES = (".jsonl", ".ndjson")
"""Endings of files of JSON Lines."""
LONGEST_TEXT = 2**24 - 1
"""Bytes: what a MEDIUMTEXT holds."""
LONGEST_ID = 190
PROBLEMS_TOLD = 20

Text = tuple[str | None, str]
"""`source_id` and text."""
Line = tuple[int, Text | str]
"""The number of a line, and its text, or what is wrong with it."""


def checked(lines: Callable[[], Iterator[Line]], name: str) -> int:
    """The number of texts of a file.

    Args:
        lines: reads the file.
        name: of the file, for the message.

    Raises:
        BadRequest: some lines do not fit; the message names the first of them with their numbers.
    """
    texts, problems = 0, []
    seen: dict[str, int] = {}
    for number, found in lines():
        problem = found if isinstance(found, str) else _problem(found, seen)
        if problem:
            problems.append(f"line {number}: {problem}")
        else:
            texts += 1
            if isinstance(found, tuple) and found[0] is not None:
                seen[found[0]] = number
        if len(problems) == PROBLEMS_TOLD:
            problems.append("and perhaps more")
            break
    if problems:
        raise BadRequest(f"{name}: nothing was imported. " + "; ".join(problems))
    if not texts:
        raise BadRequest(f"{name} holds no text")
    return texts


def texts_of(lines: Iterable[Line]) -> Iterator[Text]:
    """The texts of a file that was checked."""
    for number, found in lines:
        if isinstance(found, str):
            raise BadRequest(f"the file changed while it was read: line {number}: {found}")
        yield found


@dataclass(frozen=True, slots=True)
class CsvForm:
    """The dialect of a CSV file.

    Args:
        encoding: as Python names it.
        delimiter: the character between fields.
    """

    encoding: str
    delimiter: str

    def __str__(self) -> str:
        """As it is shown to the person who imports the file."""
        encoding = "UTF-8" if self.encoding == "utf-8-sig" else self.encoding
        return f"{encoding}, fields apart by {_DELIMITERS[self.delimiter]}"


_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 1_000_000
"""Bytes of a file by which its encoding is recognised."""
_OF_ENCODING = {
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžäöüßőű„”–",
    "cp1251": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯёЁіїєґ«»–",
    "cp1252": "äöüÄÖÜßéèêàâçîïôûùñáíóú¿¡€“”’–",
}


_MIXED = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")


def csv_form(path: Path) -> CsvForm:
    """The encoding and the delimiter of a CSV file, by its first bytes and its first line."""
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
    encoding = _encoding(head)
    first = head.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    outside = "".join(first.split('"')[::2])
    counts = {delimiter: outside.count(delimiter) for delimiter in _DELIMITERS}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return CsvForm(encoding, best if counts[best] else ",")


def _encoding(head: bytes) -> str:
    """UTF-8 or UTF-16 where it is that, else the one of old Windows in which most of its letters are
    ordinary.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as fault:
        # A letter may be cut in two where the first bytes end.
        if fault.start < len(head) - 3:
            scores = {name: _ordinary(head, name, letters) for name, letters in _OF_ENCODING.items()}
            best = max(scores, key=lambda name: scores[name])
            return best if scores[best] else "utf-8-sig"
    return "utf-8-sig"


def _ordinary(head: bytes, encoding: str, letters: str) -> int:
    """The excess of ordinary letters over others; 0 where a byte is none of the encoding's."""
    try:
        text = head.decode(encoding)
    except UnicodeDecodeError:
        return 0
    odd = [letter for letter in text if ord(letter) > 127]
    ordinary = sum(letter in letters for letter in odd)
    # No word mixes Latin and Cyrillic letters; read in the wrong one of the two encodings every word does.
    mixed = len(_MIXED.findall(text))
    return max(0, 2 * ordinary - len(odd) - 3 * mixed)


def csv_lines(path: Path, text_column: str, id_column: str) -> Iterator[Line]:
    """The rows of a CSV file (RFC 4180, in the form that `csv_form` tells) whose first line names the
    columns.

    The number is that of a row's last line.

    Args:
        id_column: holds `source_id`; where the file has no such column, `id` does, if there is one.
    """
    csv.field_size_limit(LONGEST_TEXT)
    form = csv_form(path)
    with path.open(encoding=form.encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, strict=True, delimiter=form.delimiter)
        try:
            head = next(reader, [])
            if text_column not in head:
                yield (
                    1,
                    f"there is no column {text_column!r}; there are {', '.join(map(repr, head)) or 'none'}",
                )
                return
            key = id_column if id_column in head or "id" not in head else "id"
            for row in reader:
                if row:
                    yield reader.line_num, _csv_text(row, head, text_column, key)
        except csv.Error as fault:
            yield reader.line_num, str(fault)
        except UnicodeDecodeError:
            yield reader.line_num + 1, f"it is not {form.encoding}"


def json_lines(path: Path, text_field: str, id_field: str) -> Iterator[Line]:
    """The objects of a JSON Lines file (UTF-8), one a line.

    Args:
        id_field: holds `source_id`, a text or a whole number; in objects without it `id` does, if it is
            there.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _json_text(line.removeprefix(b"\xef\xbb\xbf"), text_field, id_field)


def _csv_text(row: list[str], head: list[str], text_column: str, id_column: str) -> Text | str:
    if len(row) != len(head):
        return f"{len(row)} fields where the first line names {len(head)}"
    fields = dict(zip(head, row, strict=True))
    return fields.get(id_column) or None, fields[text_column]


def _json_text(line: bytes, text_field: str, id_field: str) -> Text | str:
    try:
        found: Any = json.loads(line)
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except (ValueError, RecursionError) as fault:
        return f"it is not JSON ({str(fault)[:100]})"
    if not isinstance(found, dict):
        return "it is not an object"
    text, source_id = found.get(text_field), found.get(id_field, found.get("id"))
    if not isinstance(text, str):
        return f"{text_field!r} is not a text" if text_field in found else f"there is no {text_field!r}"
    if source_id is not None and (isinstance(source_id, bool) or not isinstance(source_id, (str, int))):
        return f"{id_field!r} is neither a text nor a whole number"
    return None if source_id is None else str(source_id), text


def _problem(found: Text, seen: dict[str, int]) -> str:
    source_id, text = found
    try:
        size = len(text.encode("utf-8"))
        len((source_id or "").encode("utf-8"))
    except UnicodeEncodeError:
        return "it is not UTF-8"
    if size > LONGEST_TEXT:
        return f"the text has {size} bytes, at most {LONGEST_TEXT} can be stored"
    if source_id is not None and len(source_id) > LONGEST_ID:
        return f"the id has {len(source_id)} characters, at most {LONGEST_ID} can be stored"
    if source_id is not None and source_id in seen:
        return f"the id {source_id!r} stands in line {seen[source_id]} already"
    return ""

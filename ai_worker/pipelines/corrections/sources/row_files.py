"""CSV and JSON Lines files with accepted texts in place of the texts that were imported from them.

All else of a file stays to the byte: its encoding and its mark, delimiters and quotes, line ends, further
columns or fields, their order and how their numbers are written.
"""

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ai_worker.errors import BadRequest
from ai_worker.pipelines.corrections.review.review import AcceptedText
from ai_worker.pipelines.corrections.sources.text_files import (
    JSON_LINES,
    Line,
    Text,
    csv_form,
    csv_lines,
    json_lines,
)

TOLD = 3
"""Letters that an encoding lacks, at most this many of them named."""
_UTF_8_MARK, _UTF_16_MARK = b"\xef\xbb\xbf", {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class OtherFile(BadRequest):
    """A file is not, or not any more, the one that the texts are from."""


@dataclass(frozen=True, slots=True)
class RowFile:
    """A file of rows with a text each.

    Args:
        column: the column or field of the texts.
        id_column: that of `source_id`.
    """

    path: Path
    column: str
    id_column: str

    @property
    def is_json(self) -> bool:
        """Return whether it holds JSON Lines; else it is CSV."""
        return self.path.suffix.lower() in JSON_LINES


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A file as it is: what stands between the texts, and the texts as they are written there.

    Args:
        mark: the first bytes of a file that tell its encoding.
        between: one more than there are texts.
    """

    mark: bytes
    encoding: str
    errors: str
    between: Sequence[str]
    written: Sequence[str]


def form_of(file: RowFile) -> str:
    """The form of a file, for a person."""
    return "JSON Lines" if file.is_json else str(csv_form(file.path))


def write_back(target: Path, file: RowFile, accepted: Sequence[AcceptedText]) -> int:
    """Write a file anew, with accepted texts in it; returns how many of its rows keep their text.

    Args:
        target: may be the file itself.

    Raises:
        OtherFile: the file cannot be read, or is another than the texts are from.
        BadRequest: its encoding lacks a letter of an accepted text, or the target cannot be written.
    """
    try:
        texts = list(_texts(file))
        pieces = (_json_pieces if file.is_json else _csv_pieces)(file)
    except OSError as fault:
        raise OtherFile(f"{file.path} cannot be read ({fault.strerror})") from None
    if len(texts) != len(pieces.written):
        raise OtherFile(f"{file.path.name} changed while it was read; repeat the command")
    placed = _placed(file, texts, accepted)
    written = _escaped(file, pieces, placed)
    _check_letters(pieces.encoding, written, placed)
    content = "".join(_joined(pieces, written)).encode(pieces.encoding, pieces.errors)
    try:
        _replace(target, pieces.mark + content)
    except OSError as fault:
        raise BadRequest(f"--file: {target} cannot be written: {fault.strerror or fault}") from None
    return len(texts) - len(placed)


def _texts(file: RowFile) -> Iterator[Text]:
    lines: Iterable[Line] = (json_lines if file.is_json else csv_lines)(
        file.path, file.column, file.id_column
    )
    for number, found in lines:
        if isinstance(found, str):
            raise OtherFile(f"line {number} of {file.path.name}: {found}")
        yield found


def _placed(
    file: RowFile, texts: Sequence[Text], accepted: Sequence[AcceptedText]
) -> Mapping[int, AcceptedText]:
    """Accepted texts by the number of their row: that of their id, else the one that they had when they were
    imported.
    """
    rows = {source_id: number for number, (source_id, _) in enumerate(texts) if source_id is not None}
    placed = {}
    for text in accepted:
        number = text.place if text.source_id is None else rows.get(text.source_id)
        name = f"text {text.source_id or text.place + 1}"
        if number is None or number >= len(texts):
            raise OtherFile(f"{file.path.name} has no {name}; is it the file of this task?")
        # The accepted text is there already where the file was written before.
        if texts[number][1] not in (text.before, text.after):
            raise OtherFile(f"{name} of {file.path.name} has changed since it was imported")
        placed[number] = text
    return placed


def _escaped(file: RowFile, pieces: _Pieces, placed: Mapping[int, AcceptedText]) -> Mapping[int, str]:
    """Accepted texts as the file writes its texts."""
    if file.is_json:
        # A file that writes letters as \u0119 does so still.
        whole = (*pieces.between, *pieces.written)
        is_ascii = all(map(str.isascii, whole)) and any("\\u" in piece for piece in whole)
        return {number: json.dumps(text.after, ensure_ascii=is_ascii) for number, text in placed.items()}
    special = re.compile(rf'[{re.escape(csv_form(file.path).delimiter)}"\r\n]')
    made = {}
    for number, text in placed.items():
        is_quoted = pieces.written[number].startswith('"') or special.search(text.after) or not text.after
        quoted = text.after.replace('"', '""')
        made[number] = f'"{quoted}"' if is_quoted else text.after
    return made


def _check_letters(encoding: str, written: Mapping[int, str], placed: Mapping[int, AcceptedText]) -> None:
    lacking = []
    for number, text in written.items():
        try:
            text.encode(encoding)
        except UnicodeEncodeError as fault:
            lacking.append(f"{text[fault.start]!r} of item {placed[number].id_task_item}")
    if lacking:
        more = f" and {len(lacking) - TOLD} more" if len(lacking) > TOLD else ""
        raise BadRequest(
            f"--file: {encoding} has no {', '.join(lacking[:TOLD])}{more}; accept another text, "
            "or export to a .jsonl file"
        )


def _joined(pieces: _Pieces, written: Mapping[int, str]) -> Iterator[str]:
    for number, text in enumerate(pieces.written):
        yield pieces.between[number]
        yield written.get(number, text)
    yield pieces.between[-1]


def _csv_pieces(file: RowFile) -> _Pieces:
    raw, form = file.path.read_bytes(), csv_form(file.path)
    mark, encoding = b"", form.encoding
    if encoding == "utf-8-sig":
        mark, encoding = (_UTF_8_MARK if raw.startswith(_UTF_8_MARK) else b""), "utf-8"
    elif encoding == "utf-16":
        mark, encoding = raw[:2], _UTF_16_MARK[raw[:2]]
    whole = raw[len(mark) :].decode(encoding, "surrogateescape")
    rows = _csv_rows(whole, form.delimiter)
    names = [_unquoted(whole[start:end]) for start, end in next(rows, [])]
    # Of two columns of one name, the last one is read.
    column = len(names) - 1 - names[::-1].index(file.column)
    spans = [row[column] for row in rows if any(start != end for start, end in row) or len(row) > 1]
    return _cut(mark, encoding, "surrogateescape", whole, spans)


def _csv_rows(whole: str, delimiter: str) -> Iterator[list[tuple[int, int]]]:
    """The beginning and end of each field of each row, its quotes with it."""
    apart = re.escape(delimiter)
    field = re.compile(rf'("[^"]*(?:""[^"]*)*"(?={apart}|\r|\n|\Z)|[^{apart}\r\n]*)({apart}|\r\n|\r|\n|\Z)')
    at, row = 0, list[tuple[int, int]]()
    while at < len(whole) or row:
        found = field.match(whole, at)
        if found is None:
            raise OtherFile(f"a field is no CSV at character {at + 1}")
        row.append(found.span(1))
        at = found.end()
        if found[2] != delimiter:
            yield row
            row = []


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def _json_pieces(file: RowFile) -> _Pieces:
    raw = file.path.read_bytes()
    mark = _UTF_8_MARK if raw.startswith(_UTF_8_MARK) else b""
    whole = raw[len(mark) :].decode("utf-8", "surrogatepass")
    spans, at = [], 0
    for line in whole.split("\n"):
        if line.strip():
            start, end = _value(line.removeprefix("\ufeff"), file.column)
            ahead = at + line.startswith("\ufeff")
            spans.append((ahead + start, ahead + end))
        at += len(line) + 1
    return _cut(mark, "utf-8", "surrogatepass", whole, spans)


def _value(line: str, field: str) -> tuple[int, int]:
    """The beginning and end of the value of a field of an object; of several of one name the last counts."""
    found = 0, 0
    at = _after_space(line, _after_space(line, 0) + 1)
    while line[at] != "}":
        name, at = _DECODER.raw_decode(line, at)
        start = _after_space(line, _after_space(line, at) + 1)
        _, end = _DECODER.raw_decode(line, start)
        if name == field:
            found = start, end
        at = _after_space(line, end)
        if line[at] == ",":
            at = _after_space(line, at + 1)
    return found


def _after_space(line: str, at: int) -> int:
    found = _SPACE.match(line, at)
    return found.end() if found else at


def _cut(mark: bytes, encoding: str, errors: str, whole: str, spans: Sequence[tuple[int, int]]) -> _Pieces:
    between, at = [], 0
    for start, end in spans:
        between.append(whole[at:start])
        at = end
    between.append(whole[at:])
    return _Pieces(mark, encoding, errors, between, [whole[start:end] for start, end in spans])


def _replace(target: Path, content: bytes) -> None:
    """Write a file whole or not at all: it may be the original."""
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)

"""The encoding of a text file: read from its bytes if they show it, guessed among the usual ones where they
do not.
"""

from collections.abc import Iterator
from pathlib import Path

import regex

from ai_worker.errors import BadRequest

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_PIECE = 1024 * 1024
_CYRILLIC = ("cp1251", "koi8_r", "cp866")
_LATIN = ["cp1250", "cp1252", "iso8859_2"]
_WORD = regex.compile(r"\p{L}+")
_REGULAR = regex.compile(r"\p{Lu}?\p{Ll}*|\p{Lu}+")


def encoding_of(path: Path) -> str:
    """The encoding in which a text file is to be read.

    A byte order mark decides; then bytes that are valid UTF-8, or UTF-16 by its zero bytes. What is left are
    the encodings
    of one byte a character: Cyrillic, where that makes whole Cyrillic words; else Central or Western European
        by
    charset-normalizer's judgement.

    Raises:
        BadRequest: no encoding fits.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_PIECE)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    wide = _zeros(head)
    if wide:
        return wide
    foreign = next(_not_utf_8(path), None)
    return "utf-8" if foreign is None else _single_byte(path, foreign)


def _zeros(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of Latin letters, digits and delimiters is zero."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    if max(even, odd) < len(head[:4096]) / 8:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _not_utf_8(path: Path) -> Iterator[bytes]:
    """Pieces of the file around what is no UTF-8."""
    with path.open("rb") as file:
        rest = b""
        while piece := file.read(_PIECE):
            text = rest + piece
            try:
                text.decode()
                rest = b""
            except UnicodeDecodeError as fault:
                if fault.start < len(text) - 3:
                    yield text
                rest = text[fault.start :][-3:]
        if rest:
            yield rest


def _single_byte(path: Path, piece: bytes) -> str:
    lines = b"\n".join(line for line in piece.splitlines() if any(byte > 127 for byte in line))
    for encoding in _CYRILLIC:
        if _whole_words(lines, encoding):
            return encoding
    # A twentieth of a second that only such files need.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(lines, cp_isolation=_LATIN).best()
    if best is None and lines.decode("cp1250", "replace") == lines.decode("cp1252", "replace"):
        return "cp1250"
    if best is None:
        raise BadRequest(f"{path}: its encoding is not known; save it as UTF-8")
    return str(best.encoding)


def _whole_words(text: bytes, encoding: str) -> bool:
    """Return whether an encoding makes whole, regularly written Cyrillic words of all that is not ASCII."""
    try:
        words = _WORD.findall(text.decode(encoding))
    except UnicodeDecodeError:
        return False
    foreign = [word for word in words if not word.isascii()]
    return any(len(word) > 1 for word in foreign) and all(
        regex.fullmatch(r"\p{Cyrillic}+", word) and _REGULAR.fullmatch(word) for word in foreign
    )

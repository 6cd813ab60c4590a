"""Examples from which the weights of numbers are learnt: every stretch of marked letters and ordinary texts
that may be a number of a person, with its features and whether it is one.
"""

import random
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ai_worker.llm.redaction.language import language_of
from ai_worker.llm.redaction.normal import Normal, normal
from ai_worker.llm.redaction.pieces import pieces
from ai_worker.llm.redaction.recognisers import DEFAULT_RECOGNISERS
from ai_worker.llm.redaction.recognisers.digits.weighing.weighed import KINDS, Reading, Weighing, read
from ai_worker.llm.redaction.recognisers.ordinary import without_code
from ai_worker.llm.redaction.spans import Span
from devtools.redaction.example import Example
from devtools.redaction.marked import NUMBERS, Item, letters
from devtools.redaction.numbers.ordinary import ordinary_texts

_ROOT = Path(__file__).parents[3]
_DEVELOPMENT = _ROOT / "devtools/redaction/development"
FOLDERS = (
    *(_ROOT / "tests/data/redaction" / folder for folder in ("letters", "later", "further", "plain")),
    *(_DEVELOPMENT / folder for folder in (".", "plain", "prose", "notes", "notes/plain", "numbers")),
)
_SOUGHT = {*NUMBERS, "birth", "secret"}
_FORGOTTEN = 0.3
"""Share of what the rules find that a copy of each text is read without: they miss more in others."""


class Piece(NamedTuple):
    """A piece of a text, as recognisers read it.

    Args:
        text: which text it belongs to.
        first: where it begins in the text; copy: in which disguises are undone.
        spans: what the rules found in the copy.
        items: the marked items of the text.
    """

    text: int
    first: int
    copy: Normal
    spans: list[Span]
    items: list[Item]

    def item(self, start: int, end: int) -> Item | None:
        """The marked item that a stretch of the copy touches; one of a number, if there is one."""
        first, last = self.copy.original(start, end)
        touched = [
            item for item in self.items if item.start < self.first + last and self.first + first < item.end
        ]
        numbers = [item for item in touched if item.kind in _SOUGHT]
        return next(iter(numbers or touched), None)


def pieces_of(folders: Iterable[Path]) -> Iterator[Piece]:
    """Every piece of the folders' texts, and of the ordinary ones that are drawn by lot."""
    weighing = next(asked for asked in DEFAULT_RECOGNISERS if isinstance(asked, Weighing))
    for text, items in _texts(folders):
        for first, end in pieces(text):
            copy = normal(text[first:end])
            spans = [span for rule in weighing.rules for span in rule.find(copy.text)]
            yield Piece(zlib.crc32(text.encode()), first, copy, spans, items)


def _texts(folders: Iterable[Path]) -> Iterator[tuple[str, list[Item]]]:
    for folder in folders:
        for path in sorted(folder.glob("*.txt")):
            yield from letters(path)
    for text in ordinary_texts():
        yield text, []


def examples(piece: Piece) -> Iterator[Example]:
    """A piece as it is, and its copy without a part of what the rules found."""
    lot = random.Random(piece.text + piece.first)
    less = [span for span in piece.spans if lot.random() > _FORGOTTEN]
    for spans in (piece.spans, less) if len(less) < len(piece.spans) else (piece.spans,):
        reading = read(without_code(piece.copy.text), spans, language_of(piece.copy.text))
        if reading.found:
            yield _example(piece, reading)


def _example(piece: Piece, reading: Reading) -> Example:
    touched = [piece.item(found.start, found.end) for found in reading.found]
    return Example(
        piece.text,
        False,
        [[sorted(reading.features(index))] for index in range(len(reading.found))],
        [item is not None and item.kind in _SOUGHT for item in touched],
        [item is None or item.kind in _SOUGHT for item in touched],
    )


def example_of_kinds(piece: Piece) -> Example:
    """The marked numbers of a piece, each as one of every kind, with whether it is of that kind."""
    reading = read(without_code(piece.copy.text), piece.spans, language_of(piece.copy.text))
    example = Example(piece.text, False, [], [], [])
    for index, found in enumerate(reading.found):
        item = piece.item(found.start, found.end)
        if item is not None and item.kind.upper() in KINDS:
            for kind, seen in reading.features_of_kinds(index):
                example.rows.append([sorted(seen)])
                example.sought.append(kind == item.kind.upper())
                example.counted.append(True)
    return example

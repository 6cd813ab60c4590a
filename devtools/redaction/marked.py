"""Letters with personal items marked as `⟪kind|value⟫`, and what of them redaction hides."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ai_worker.llm.redaction.spans import Span

_MARK = re.compile(r"⟪(\w+)\|([^⟫]*)⟫")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]+")
_HAN_A_WORD = 1.5
"""Characters of a Chinese word, on average."""
NUMBERS = ("phone", "account", "card", "id", "document", "plate", "ip", "wallet", "number")


class Item(NamedTuple):
    """A marked item.

    Args:
        start, end: its place in the text without marks.
        kind: as marked.
    """

    start: int
    end: int
    kind: str


def letters(path: Path) -> Iterator[tuple[str, list[Item]]]:
    """Text and items of every letter of a file; letters are parted by lines of three hyphens."""
    for marked in path.read_text(encoding="utf-8").rstrip("\n").split("\n---\n"):
        pieces: list[str] = []
        items: list[Item] = []
        position = length = 0
        for match in _MARK.finditer(marked):
            before = marked[position : match.start()]
            items.append(Item(length + len(before), length + len(before) + len(match[2]), match[1]))
            pieces += before, match[2]
            length += len(before) + len(match[2])
            position = match.end()
        yield "".join([*pieces, marked[position:]]), items


def words_of(text: str) -> float:
    """The number of words a text has."""
    han = len(_HAN.findall(text))
    return len(_WORD.findall(_HAN.sub(" ", text))) + han / _HAN_A_WORD


@dataclass
class Tally:
    """The items that were marked and hidden, by (language, kind), and those that were hidden without being
    marked.
    """

    marked: Counter[tuple[str, str]] = field(default_factory=Counter)
    hidden: Counter[tuple[str, str]] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def read(
        self, language: str, texts: Iterable[tuple[str, list[Item]]], find: Callable[[str], list[Span]]
    ) -> None:
        """Add the letters of a language."""
        for text, items in texts:
            spans = find(text)
            self.words[language] += round(words_of(text))
            for item in items:
                self.marked[language, item.kind] += 1
                if _is_hidden(text, item, spans):
                    self.hidden[language, item.kind] += 1
                else:
                    self.missed.append(
                        f"{language} {item.kind}: {text[item.start : item.end]!r} in {_around(text, item)!r}"
                    )
            for span in spans:
                if not any(item.start < span.end and span.start < item.end for item in items):
                    self.false[language] += 1
                    self.wrong.append(
                        f"{language} {span.kind}: {text[span.start : span.end]!r} in {_around(text, span)!r}"
                    )

    def recall(self, kinds: Iterable[str], language: str | None = None) -> float:
        """Share of the marked items of these kinds that were hidden."""
        chosen = [key for key in self.marked if key[1] in kinds and language in (None, key[0])]
        marked = sum(self.marked[key] for key in chosen)
        return sum(self.hidden[key] for key in chosen) / marked if marked else 1.0


def _around(text: str, place: Item | Span) -> str:
    return text[max(0, place.start - 25) : place.end + 15]


def _is_hidden(text: str, item: Item, spans: list[Span]) -> bool:
    """Return whether nothing of the item is left: no digit, no letter of a name; of an address no more than a
    fifth of its letters.
    """
    places = [place for place in range(item.start, item.end) if text[place].isalnum()]
    left = [place for place in places if not any(span.start <= place < span.end for span in spans)]
    if item.kind == "address":
        return not any(text[place].isdigit() for place in left) and len(left) <= len(places) / 5
    return not left

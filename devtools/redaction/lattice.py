"""Builds what is known of Chinese words and names for the lattice of `people/han/lattice.py`: `pip install -r
devtools/redaction/requirements.txt`, then this; ten seconds.

Every score is a gain: the logarithm of how much likelier the characters are as this word, or as this part
of a name, than as characters of running text one by one.
"""

import importlib
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from devtools.redaction.chinese import surnames
from devtools.redaction.world import cities

_DATA = Path(__file__).parents[2] / "ai_worker/llm/redaction/recognisers/words/data"
_SCALE = 8
_LEAST, _LONGEST = 8, 5
_LONG, _LEAST_LONG = 4, 12
_RARE = 100
"""A word that jieba takes for a name is an ordinary one, too, from this frequency on."""
_PAIR = 2


class Entry(NamedTuple):
    """A line of jieba's dictionary."""

    word: str
    frequency: int
    tag: str


def main() -> None:
    """Write the file."""
    lines = "\n".join(_lines())
    (_DATA / "chinese_lattice.bin").write_bytes(zlib.compress(lines.encode(), 9))
    print(f"chinese_lattice.bin: {lines.count(chr(10)) + 1} entries")


def _lines() -> Iterator[str]:
    entries = [Entry(word, int(frequency), tag) for word, frequency, tag in _dictionary()]
    known = set(surnames())
    names = [entry.word for entry in entries if _is_name(entry, known)]
    words = [entry for entry in entries if not _is_name(entry, known)]
    running: Counter[str] = Counter()
    for entry in words:
        for character in entry.word:
            running[character] += entry.frequency
    characters, total = running.total(), sum(entry.frequency for entry in words)

    def plain(character: str) -> float:
        return math.log((running[character] + 20) / characters)

    for entry in words:
        if not _is_han(entry.word):
            continue
        least = _LEAST if len(entry.word) < _LONG else _LEAST_LONG
        if len(entry.word) == 1 or (entry.frequency >= least and len(entry.word) <= _LONGEST):
            gain = math.log(entry.frequency + 1) - math.log(total) - sum(map(plain, entry.word))
            yield _line("w", entry.word, gain)
            if entry.tag.startswith("nr") and len(entry.word) in (2, 3):
                yield _line("n", entry.word, gain)
    for kind, counted in (
        ("s", Counter(name[0] for name in names)),
        ("g", Counter("".join(name[1:] for name in names) + _given())),
        ("t", Counter("".join(_foreign(entries)))),
    ):
        for character, count in counted.items():
            if count > 1:
                yield _line(kind, character, math.log(count / counted.total()) - plain(character))
    pairs = Counter(name[1:] for name in names if len(name) == 3)
    pairs.update(name for name in _provider().first_names if len(name) == 2)
    for pair, count in pairs.items():
        if count >= _PAIR:
            yield _line("p", pair, math.log(count / pairs.total()) - sum(map(plain, pair)))
    for name in sorted(set(_foreign([]))):
        yield _line("f", name, 0.0)
    for name in sorted(_cities()):
        yield _line("v", name, 0.0)


def _cities() -> set[str]:
    return {
        name
        for city in cities("15000")
        if city["countrycode"] not in ("CN", "TW")
        for name in city["alternatenames"]
        if 2 <= len(name) <= _LONGEST and _is_han(name)
    }


def _is_han(word: str) -> bool:
    return all("\u4e00" <= character <= "\u9fff" for character in word)


def _line(kind: str, word: str, gain: float) -> str:
    return f"{kind}{word}\t{round(gain * _SCALE)}"


def _is_name(entry: Entry, known: set[str]) -> bool:
    return (
        entry.tag == "nr" and entry.word[0] in known and len(entry.word) in (2, 3) and entry.frequency < _RARE
    )


def _dictionary() -> Iterator[list[str]]:
    text = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    return (line.split(" ") for line in text.splitlines())


def _provider() -> Any:
    provider: Any = importlib.import_module("faker.providers.person.zh_CN").Provider
    return provider


def _given() -> str:
    """The characters of Faker's given names, which people bear today, weighed against jieba's many."""
    return "".join(_provider().first_names) * 10


def _foreign(entries: Iterable[Entry]) -> Iterator[str]:
    """Names of other languages in Chinese characters."""
    data = importlib.import_module("random_name_type.data.foreign_zh").FOREIGN_TRANSLATED_NAME_DATA
    for region in data.values():
        for names in region.values():
            yield from names
    for entry in entries:
        if entry.tag == "nrt" and len(entry.word) > 3:
            yield entry.word


if __name__ == "__main__":
    main()

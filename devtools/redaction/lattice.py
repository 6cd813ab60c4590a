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

from ai_worker.llm.redaction.recognisers.words.chinese_gains import ZERO
from devtools.redaction.chinese import surnames
from devtools.redaction.world import cities

_DATA = Path(__file__).parents[2] / "ai_worker/llm/redaction/recognisers/words/data"
_SCALE = 8
_KINDS = "wnsgptfv"
"""In the order of the fields of `words/chinese_gains.py`."""
_LEAST, _LONGEST = 8, 5
_LONG, _LEAST_LONG = 4, 12
_RARE = 100
"""A word that jieba takes for a name is an ordinary one, too, from this frequency on."""
_PAIR = 2
_PROPER = ("nr", "ns", "nt", "nz")


class Entry(NamedTuple):
    """A line of jieba's dictionary."""

    word: str
    frequency: int
    tag: str


class Gain(NamedTuple):
    """A word or a part of a name, its gain, and its part of speech where it is a word."""

    kind: str
    word: str
    gain: float
    part_of_speech: str = ""


def main() -> None:
    """Write the file."""
    found = list(_gains())
    lines: list[str] = []
    for kind in _KINDS:
        of_kind = [gain for gain in found if gain.kind == kind]
        lines.append("\t".join(gain.word for gain in of_kind))
        lines.append("".join(chr(ZERO + round(gain.gain * _SCALE)) for gain in of_kind))
        lines.append("".join(gain.part_of_speech for gain in of_kind))
    (_DATA / "chinese_lattice.bin").write_bytes(zlib.compress("\n".join(lines).encode(), 9))
    print(f"chinese_lattice.bin: {len(found)} entries")


def _gains() -> Iterator[Gain]:
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
            yield Gain("w", entry.word, gain, _part_of_speech(entry.tag))
            if entry.tag.startswith("nr") and len(entry.word) in (2, 3):
                yield Gain("n", entry.word, gain)
    for kind, counted in (
        ("s", Counter(name[0] for name in names)),
        ("g", Counter("".join(name[1:] for name in names) + _given())),
        ("t", Counter("".join(_foreign(entries)))),
    ):
        for character, count in counted.items():
            if count > 1:
                yield Gain(kind, character, math.log(count / counted.total()) - plain(character))
    pairs = Counter(name[1:] for name in names if len(name) == 3)
    pairs.update(name for name in _provider().first_names if len(name) == 2)
    for pair, count in pairs.items():
        if count >= _PAIR:
            yield Gain("p", pair, math.log(count / pairs.total()) - sum(map(plain, pair)))
    for name in sorted(set(_foreign([]))):
        yield Gain("f", name, 0.0)
    for name in sorted(_cities()):
        yield Gain("v", name, 0.0)


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


def _part_of_speech(tag: str) -> str:
    """One sign for jieba's tag: proper nouns in capitals, by what they name."""
    return tag[1].upper() if tag[:2] in _PROPER else tag[:1]


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

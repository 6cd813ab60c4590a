"""Gains of Chinese words and of the parts of names: how much likelier characters are as this word, or as this
part of a name, than one by one in running text. Loaded when a Chinese text is first read, 13 MB.
"""

import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_SCALE = 1 / 8
ZERO = 0x400
"""The code of the sign that stands for no gain."""


class Gains(NamedTuple):
    """Logarithms, by word or character, see `devtools/redaction/lattice.py`.

    Args:
        words: ordinary words of one to five characters.
        namesakes: those of them that are names as often as not.
        surnames: of one character; given: characters of given names; pairs: given names of two.
        parts_of_speech: of the words, one sign each: `v` of verbs, `S` of places.
        cities: of the world, which are names of persons as well at times.
        foreign: characters that stand for the sounds of foreign names; foreign_names: whole ones.
    """

    words: dict[str, float]
    namesakes: dict[str, float]
    surnames: dict[str, float]
    given: dict[str, float]
    pairs: dict[str, float]
    foreign: dict[str, float]
    foreign_names: dict[str, float]
    cities: dict[str, float]
    parts_of_speech: dict[str, str]


@cache
def gains() -> Gains:
    """The file, read once a process: for each kind a line of words, one of their gains and one of their parts
    of speech, a sign each.
    """
    packed = files(__package__).joinpath("data", "chinese_lattice.bin").read_bytes()
    lines = zlib.decompress(packed).decode().split("\n")
    values = [(code - ZERO) * _SCALE for code in range(2 * ZERO)]
    read = [
        dict(zip(words.split("\t"), [values[ord(sign)] for sign in signs], strict=True))
        for words, signs in zip(lines[::3], lines[1::3], strict=True)
    ]
    words, namesakes, surnames, given, pairs, foreign, foreign_names, cities = read
    parts = dict(zip(words, lines[2], strict=True))
    return Gains(words, namesakes, surnames, given, pairs, foreign, foreign_names, cities, parts)

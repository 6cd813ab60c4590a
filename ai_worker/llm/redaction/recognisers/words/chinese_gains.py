"""Gains of Chinese words and of the parts of names: how much likelier characters are as this word, or as this
part of a name, than one by one in running text. Loaded when a Chinese text is first read, 12 MB.
"""

import zlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_SCALE = 1 / 8


class Gains(NamedTuple):
    """Logarithms, by word or character, see `devtools/redaction/lattice.py`.

    Args:
        words: ordinary words of one to five characters.
        namesakes: those of them that are names as often as not.
        surnames: of one character; given: characters of given names; pairs: given names of two.
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


@cache
def gains() -> Gains:
    """The file, read once a process."""
    packed = files(__package__).joinpath("data", "chinese_lattice.bin").read_bytes()
    read: dict[str, dict[str, float]] = {kind: {} for kind in "wnsgptfv"}
    for line in zlib.decompress(packed).decode().split("\n"):
        word, _, gain = line[1:].partition("\t")
        read[line[0]][word] = int(gain) * _SCALE
    return Gains(*read.values())

"""Weights of features, and the log-odds that they give. The features' names are not kept: each stands for a
place in a table, which some share.
"""

import sys
import zlib
from array import array
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from ai_worker.llm.redaction.recognisers.people.weighing.features import Group
from ai_worker.llm.redaction.recognisers.people.weighing.trees import Trees

SIZE, SIZE_HAN = 1 << 19, 1 << 17
"""Places of the tables of words and of Chinese characters; powers of two."""
DATA = Path(__file__).parents[2] / "words/data"
SCALE = 1 / 1000
"""The log-odds of one step of a weight."""


class Weights:
    """A table of weights.

    Args:
        steps: one for each place; as many as a power of two.
    """

    def __init__(self, steps: "array[int]") -> None:
        self._steps = steps
        self._last = len(steps) - 1
        self.of_group = lru_cache(maxsize=16384)(self._of_group)

    def of(self, features: Iterable[str]) -> float:
        """The sum of the features' weights."""
        steps, last = self._steps, self._last
        return sum([steps[zlib.crc32(feature.encode()) & last] for feature in features]) * SCALE

    def _of_group(self, group: Group) -> float:
        make, arguments = group
        return self.of(make(*arguments))


class Looks(NamedTuple):
    """The weights of the first look, and the trees of the second."""

    weights: Weights
    trees: Trees


@cache
def of_words() -> Looks:
    """The looks at words, read once a process."""
    return _looks("weights.bin", "trees.bin")


@cache
def of_han() -> Looks:
    """The looks at Chinese characters, read once a process."""
    return _looks("chinese_weights.bin", "chinese_trees.bin")


def _looks(weights: str, trees: str) -> Looks:
    steps: array[int] = array("h")
    steps.frombytes(zlib.decompress((DATA / weights).read_bytes()))
    if sys.byteorder == "big":
        steps.byteswap()
    return Looks(Weights(steps), Trees.unpacked((DATA / trees).read_bytes()))

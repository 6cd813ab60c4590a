"""Weights of features, and the log-odds that they give. The features' names are not kept: each stands for a
place in a table, which some share.
"""

import sys
import zlib
from array import array
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ai_worker.llm.redaction.recognisers.weights.trees import Trees

Group = tuple[Callable[..., tuple[str, ...]], tuple[Any, ...]]
"""The function that makes features, and its arguments."""

SIZE, SIZE_HAN = 1 << 19, 1 << 17
"""Places of the tables of words and of Chinese characters; powers of two."""
SIZE_NUMBERS, SIZE_KINDS = 1 << 17, 1 << 15
"""The same of numbers, and of their kinds."""
DATA = Path(__file__).parents[1] / "words/data"
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
        written = [feature.encode("utf-8", "surrogatepass") for feature in features]
        return sum([steps[zlib.crc32(feature) & last] for feature in written]) * SCALE

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


@cache
def of_numbers() -> Weights:
    """The weights of numbers, read once a process."""
    return _weights("number_weights.bin")


@cache
def of_kinds() -> Weights:
    """The weights that tell the kinds of numbers apart, read once a process."""
    return _weights("number_kinds.bin")


def _looks(weights: str, trees: str) -> Looks:
    return Looks(_weights(weights), Trees.unpacked((DATA / trees).read_bytes()))


def _weights(name: str) -> Weights:
    steps: array[int] = array("h")
    steps.frombytes(zlib.decompress((DATA / name).read_bytes()))
    if sys.byteorder == "big":
        steps.byteswap()
    return Weights(steps)

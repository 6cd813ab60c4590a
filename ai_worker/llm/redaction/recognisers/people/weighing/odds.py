"""Weights of features, and the log-odds that they give a word. The features' names are not kept: each stands
for a place in a table, which some share.
"""

import sys
import zlib
from array import array
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

from ai_worker.llm.redaction.recognisers.people.weighing.features import Group

SIZE = 1 << 19
"""Places of the table of the first look; a power of two."""
SIZE_AGAIN = 1 << 15
"""The same of the second look."""
SIZE_HAN, SIZE_HAN_AGAIN = 1 << 17, 1 << 13
"""The same of the two looks at Chinese characters."""
SIZES = (SIZE, SIZE_AGAIN, SIZE_HAN, SIZE_HAN_AGAIN)
FILE = Path(__file__).parents[2] / "words/data/weights.bin"
SCALE = 1 / 1000
"""What one step of a weight stands for."""


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


@cache
def weights() -> tuple[Weights, Weights, Weights, Weights]:
    """Those of the first look and the second, at words and at Chinese characters; read once a process."""
    steps: array[int] = array("h")
    steps.frombytes(zlib.decompress(FILE.read_bytes()))
    if sys.byteorder == "big":
        steps.byteswap()
    ends = list(accumulate(SIZES))
    words, words_again, han, han_again = (
        Weights(steps[end - size : end]) for size, end in zip(SIZES, ends, strict=True)
    )
    return words, words_again, han, han_again

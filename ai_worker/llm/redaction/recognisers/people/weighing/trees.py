"""Regression trees that were learnt elsewhere, as `devtools/redaction/learning.py` packs them."""

import json
import zlib
from collections.abc import Sequence

Tree = tuple[list[int], list[float], list[int], list[int], list[float]]
"""For each fork: the number it asks for, the most that goes left, and where left and right lead, a leaf as
its complement; then the value of each leaf.
"""


class Trees:
    """Trees whose values are added up.

    Args:
        listed: those that have a fork.
        bias: what is added to them.
    """

    def __init__(self, listed: Sequence[Tree], bias: float) -> None:
        self.listed = listed
        self.bias = bias

    @staticmethod
    def unpacked(packed: bytes) -> "Trees":
        """The trees of a file."""
        bias, listed = json.loads(zlib.decompress(packed))
        return Trees(listed, bias)

    def of(self, numbers: Sequence[float]) -> float:
        """The sum of the leaves that the numbers lead to."""
        total = self.bias
        for asked, most, left, right, values in self.listed:
            fork = 0
            while fork >= 0:
                fork = left[fork] if numbers[asked[fork]] <= most[fork] else right[fork]
            total += values[~fork]
        return total

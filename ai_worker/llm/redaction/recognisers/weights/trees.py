"""Regression trees that were learnt elsewhere, as `devtools/redaction/learning.py` packs them."""

import json
import zlib
from collections.abc import Sequence
from typing import TypeAlias

Node: TypeAlias = "float | tuple[int, float, Node, Node]"
"""A leaf's value; or a fork: the number that it asks for, the most that goes left, and what stands left and
right.
"""
_FIRST = 30
"""Trees after which a word is mostly decided: each later one adds less."""
_SURELY_NONE, _SURELY_ONE = -3.5, 1.2
"""Sums of the first trees at which the others are not asked."""


class Trees:
    """Trees whose values are added up.

    Args:
        roots: one for each tree.
    """

    def __init__(self, roots: Sequence[Node]) -> None:
        self.roots = roots

    @staticmethod
    def unpacked(packed: bytes) -> "Trees":
        """The trees of a file."""
        return Trees([_node(root) for root in json.loads(zlib.decompress(packed))])

    def of(self, numbers: Sequence[float]) -> float:
        """The sum of the leaves that the numbers lead to."""
        total = _sum(self.roots[:_FIRST], numbers)
        if _SURELY_NONE < total < _SURELY_ONE:
            total += _sum(self.roots[_FIRST:], numbers)
        return total


def _sum(roots: Sequence[Node], numbers: Sequence[float]) -> float:
    total = 0.0
    for node in roots:
        # Every word in doubt goes through every fork on its way: the type is asked for in the fastest way.
        while type(node) is tuple:
            asked, most, left, right = node
            node = left if numbers[asked] <= most else right
        total += node  # type: ignore[operator]
    return total


def _node(read: "float | list[float]") -> Node:
    if not isinstance(read, list):
        return float(read)
    asked, most, left, right = read
    return int(asked), float(most), _node(left), _node(right)

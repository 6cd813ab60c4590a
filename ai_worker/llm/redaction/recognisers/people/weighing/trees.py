"""Regression trees that were learnt elsewhere, as `devtools/redaction/learning.py` packs them."""

import json
import zlib
from collections.abc import Sequence
from typing import Union

Node = Union[float, tuple[int, float, "Node", "Node"]]
"""A leaf's value; or the number that a fork asks for, the most that goes left, and what stands left and right."""


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
        total = 0.0
        for node in self.roots:
            # Every word in doubt goes through every fork on its way: the type is asked for in the fastest way.
            while node.__class__ is tuple:
                asked, most, left, right = node
                node = left if numbers[asked] <= most else right
            total += node
        return total


def _node(read: "float | list[float]") -> Node:
    if not isinstance(read, list):
        return float(read)
    asked, most, left, right = read
    return int(asked), float(most), _node(left), _node(right)

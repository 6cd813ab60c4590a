"""The examples from which the looks learn."""

from collections.abc import Callable, Sequence
from typing import NamedTuple


class Example(NamedTuple):
    """The words of one copy of a text that may be names, its Chinese characters, or its numbers.

    Args:
        text: which text it is: its copies have the number in common.
        aside: whether it is one of those that can be kept aside.
        rows: the features of each, in groups; sought: whether each is part of a name, or a person's number.
        counted: whether it is learnt from: not where another recogniser answers for it.
        again: the numbers of each at the second look, from what the first gave each group of features; None
            where there is one look only.
    """

    text: int
    aside: bool
    rows: list[list[Sequence[str]]]
    sought: list[bool]
    counted: list[bool]
    again: Callable[[list[list[float]]], list[list[float]]] | None = None

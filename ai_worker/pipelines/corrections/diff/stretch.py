"""The one stretch of two texts outside of which they are the same."""

from functools import lru_cache
from typing import NamedTuple

_BETWEEN_WORDS = (" ", "\n")


class Stretch(NamedTuple):
    """A stretch of two texts.

    Args:
        start: its place in both.
        first, second: what they have there.
    """

    start: int
    first: str
    second: str


@lru_cache(maxsize=4)
def differing_stretch(first: str, second: str) -> Stretch:
    """The stretch between the equal beginnings and the equal ends of two texts: whole words, and at least one
    more on either side.

    What does not reach over a space can be compared here in place of in the whole texts. Kept for the latest
    texts: several checks ask about each.
    """
    start = _common(first, second)
    for _ in range(2):
        start = max(first.rfind(sign, 0, start) for sign in _BETWEEN_WORDS)
        if start < 0:
            break
    start += 1
    end = _common(first[start:][::-1], second[start:][::-1])
    rest = first[len(first) - end :]
    for _ in range(2):
        places = [place for sign in _BETWEEN_WORDS if (place := rest.find(sign, 1)) >= 0]
        if not places:
            rest = ""
            break
        rest = rest[min(places) :]
    return Stretch(start, first[start : len(first) - len(rest)], second[start : len(second) - len(rest)])


def _common(first: str, second: str) -> int:
    """The number of characters that are the same at the start of both."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low

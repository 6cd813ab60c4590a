"""A long text in overlapping pieces, so that no loop waits for all of it at once."""

import time
from collections.abc import Iterator

LONGEST = 2000
"""Characters that are read in one go: milliseconds, 80 where they are Chinese names all over."""
_OVERLAP = 400


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each piece; between two of them other greenlets and threads have their turn.

    Neighbours share 400 characters, so that what a cut parts stands whole in one of them.
    """
    if len(text) <= LONGEST:
        yield 0, len(text)
        return
    start = 0
    while True:
        end = _cut(text, start + LONGEST)
        yield start, end
        if end == len(text):
            return
        # gevent's, where it has patched the standard library.
        time.sleep(0)
        start = max(_cut(text, end - _OVERLAP), start + 1)


def _cut(text: str, near: int) -> int:
    """A place between words at or a little before the one given."""
    if near >= len(text):
        return len(text)
    for sign in ("\n", " "):
        place = text.rfind(sign, near - 200, near)
        if place > 0:
            return place + 1
    return near

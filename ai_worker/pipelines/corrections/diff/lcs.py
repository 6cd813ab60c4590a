"""Longest common subsequences, a whole row of the table at a time in the bits of one integer.

Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): 10,000 by 10,000 words take some 20 ms.
"""

from collections.abc import Hashable, Sequence

from ai_worker.pipelines.corrections.diff.turns import let_others_run

Match = tuple[int, int]
"""A position of the first sequence and the one of the second that corresponds to it."""

WINDOW = 1_500
"""Words of either side that are compared at once where a text is too long and too repetitive for anchors."""
KEPT = 1_000
"""Of a window: matches near its end may change with what follows, so they are found again by the next window.
"""
WIDEST = 20_000
"""Words of the second side. Their bits are set one by one, which takes the square of their number: of a short
text and one of millions of words the short one has the bits.
"""
_BITS_AT_ONCE = 20_000_000
"""Cells, some 5 ms, after which other greenlets get their turn."""


def matches(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Match]:
    """A longest series of equal words that stand in the same order in both sequences."""
    if len(second) > max(WIDEST, len(first)):
        return [(left, right) for right, left in matches(second, first)]
    places: dict[Hashable, int] = {}
    for column, word in enumerate(second):
        places[word] = places.get(word, 0) | 1 << column
    full = (1 << len(second)) - 1
    row, rows = full, [full]
    turns = max(1, _BITS_AT_ONCE // max(1, len(second)))
    for number, word in enumerate(first, 1):
        # A bit is 0 where the subsequence up to this row and column is longer than up to the column before.
        if mask := row & places.get(word, 0):
            row = ((row + mask) | (row - mask)) & full
        rows.append(row)
        if not number % turns:
            let_others_run()
    return _read_back(rows, len(second))


def _read_back(rows: list[int], column: int) -> list[Match]:
    found = []
    row = len(rows) - 1
    while row and column:
        if rows[row] >> (column - 1) & 1:
            column -= 1
        else:
            row -= 1
            if not row or rows[row] >> (column - 1) & 1:
                column -= 1
                found.append((row, column))
    return found[::-1]


def window_matches(first: Sequence[Hashable], second: Sequence[Hashable]) -> list[Match]:
    """A long common series, by windows that slide along both sequences: linear time, and the longest one
    where texts differ locally.
    """
    found: list[Match] = []
    row = column = 0
    while row < len(first) and column < len(second):
        last = row + WINDOW >= len(first) and column + WINDOW >= len(second)
        here = matches(first[row : row + WINDOW], second[column : column + WINDOW])
        kept = here if last else [pair for pair in here if max(pair) < KEPT]
        found += [(row + left, column + right) for left, right in kept]
        if last:
            break
        ahead = (kept[-1][0] + 1, kept[-1][1] + 1) if kept else (KEPT, KEPT)
        # A window that found little at its start must not be asked again for nearly the same.
        row, column = row + max(ahead[0], 1), column + max(ahead[1], 1)
        let_others_run()
    return found

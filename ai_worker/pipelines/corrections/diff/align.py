"""The words of two texts that correspond, as few words as possible left over: exactly in ordinary texts,
nearly so in the longest.

Spaces are no words here (`hanging` gives them back), else a match of two spaces would count as much as one of
two words. Texts of up to some 10,000 differing words are compared whole. Longer ones are first cut at runs of
words that stand once on either side, such as lines and sentences, in the same order (Bram Cohen's patience
diff); what has no such runs, by sliding windows.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ai_worker.pipelines.corrections.diff.lcs import Match, matches, window_matches
from ai_worker.pipelines.corrections.diff.turns import let_others_run, taking_turns

Block = tuple[int, int, int, int]
"""Words `[0:1]` of the first text stand where words `[2:3]` of the second do."""

EXACT = 100_000_000
"""Pairs of words that are compared whole: 12 MB and some 20 ms."""
RUNS = (10, 3)
"""Lengths of the runs of words that anchor long texts: the longest first, since long runs are hardly ever the
same by chance.
"""


def differing(first: Sequence[str], second: Sequence[str]) -> list[Block]:
    """The blocks in which two sequences of words differ, in order; between them the words are the same."""
    blocks = [
        block
        for whole in _cut(first, second, (0, len(first), 0, len(second)))
        for block in _gaps(first, second, whole)
    ]
    let_others_run(len(first))
    return _settled(first, second, _touching_joined(blocks))


def _cut(first: Sequence[str], second: Sequence[str], block: Block) -> Iterator[Block]:
    """The block in parts that may be compared by themselves, cut at anchors where it is too large to be
    compared whole.
    """
    start, end, other_start, other_end = trimmed(first, second, block)
    if start == end and other_start == other_end:
        return
    cuts = (
        []
        if (end - start) * (other_end - other_start) <= EXACT
        else _anchors(first[start:end], second[other_start:other_end])
    )
    for (left, other_left), (right, other_right) in pairwise(
        [(0, 0), *cuts, (end - start, other_end - other_start)]
    ):
        inner = trimmed(
            first, second, (start + left, start + right, other_start + other_left, other_start + other_right)
        )
        if inner[0] < inner[1] or inner[2] < inner[3]:
            yield inner


def _gaps(first: Sequence[str], second: Sequence[str], block: Block) -> Iterator[Block]:
    start, end, other_start, other_end = block
    height, width = end - start, other_end - other_start
    found: list[Match] = []
    if height and width and max(height, width) > 1:
        search = matches if height * width <= EXACT else window_matches
        found = search(first[start:end], second[other_start:other_end])
    row = column = 0
    for left, right in [*found, (height, width)]:
        if row < left or column < right:
            yield start + row, start + left, other_start + column, other_start + right
        row, column = left + 1, right + 1


def _anchors(first: Sequence[str], second: Sequence[str]) -> list[Match]:
    """The beginnings of runs of words that stand once on both sides, in the longest series of one order."""
    for length in RUNS:
        places, others = _unique_runs(first, length), _unique_runs(second, length)
        pairs = [(place, others[run]) for run, place in places.items() if run in others]
        if chain := _longest_rising(sorted(pairs)):
            return chain
    return []


def _unique_runs(words: Sequence[str], length: int) -> dict[int, int]:
    """Digests of the runs that occur once, and where."""
    places: dict[int, int] = {}
    repeated: set[int] = set()
    for place, run in enumerate(
        taking_turns(zip(*(words[offset:] for offset in range(length)), strict=False))
    ):
        digest = hash(run)
        if digest in places:
            repeated.add(digest)
        places[digest] = place
    return {digest: place for digest, place in places.items() if digest not in repeated}


def _longest_rising(pairs: Sequence[Match]) -> list[Match]:
    """The longest series of pairs whose second positions rise with the first."""
    lowest_ends: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(lowest_ends, place)
        previous.append(ends[length - 1] if length else -1)
        lowest_ends[length : length + 1] = [place]
        ends[length : length + 1] = [number]
    found = []
    link = ends[-1] if ends else -1
    while link >= 0:
        found.append(pairs[link])
        link = previous[link]
    return found[::-1]


def trimmed(first: Sequence[str], second: Sequence[str], block: Block) -> Block:
    """The block without the pieces that are the same at its start and at its end."""
    start, end, other_start, other_end = block
    while start < end and other_start < other_end and first[start] == second[other_start]:
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and first[end - 1] == second[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    return start, end, other_start, other_end


def _touching_joined(blocks: Sequence[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if joined and joined[-1][1] == block[0] and joined[-1][3] == block[2]:
            joined[-1] = (joined[-1][0], block[1], joined[-1][2], block[3])
        else:
            joined.append(block)
    return joined


def _settled(first: Sequence[str], second: Sequence[str], blocks: list[Block]) -> list[Block]:
    """The same number of words in fewer blocks: what was only added or only left out slides to where it meets
    the block before.

    `a [b] c [a b]` and `a [b c a] b` leave out the same. Where nothing is met, the block comes to rest at the
    start of a sentence.
    """
    settled: list[Block] = []
    for block in blocks:
        earliest = settled[-1][1] if settled else 0
        moved = _slid(first, second, block, earliest)
        if settled and settled[-1][1] == moved[0] and settled[-1][3] == moved[2]:
            moved = (settled[-1][0], moved[1], settled[-1][2], moved[3])
            settled.pop()
        settled.append(moved)
    return settled


_ENDS = frozenset(".!?…。！？:;")
_FARTHEST = 200


def _slid(first: Sequence[str], second: Sequence[str], block: Block, earliest: int) -> Block:
    start, end, other_start, other_end = block
    if start < end and other_start < other_end:
        return block
    words, low, high = (first, start, end) if start < end else (second, other_start, other_end)
    steps, best = 0, 0
    while steps < min(start - earliest, _FARTHEST) and words[low - steps - 1] == words[high - steps - 1]:
        steps += 1
        if low == steps or words[low - steps - 1] in _ENDS:
            best = steps
    moved = steps if steps and steps == start - earliest and earliest else best
    return start - moved, end - moved, other_start - moved, other_end - moved

"""Which pieces of two texts correspond, in bounded time: ordinary texts exactly, long and repetitive ones more coarsely.

Words are what is aligned; spaces only follow them, else unrelated sentences would be cut up at every space. A block too costly to
compare whole is first cut at the words that occur once on both sides and in the same order (Bram Cohen's patience diff); a block
without such words becomes one change.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from ai_worker.pipelines.corrections.diff.same_words import SameWords

Block = tuple[int, int, int, int]
"""Pieces `[0:1]` of the first text stand where pieces `[2:3]` of the second do."""

MATCHES_AT_ONCE = 20_000
"""Pairs of equal words that one exact comparison may have to look at: some 10 ms."""
CUTS = 20


def differing(first: Sequence[str], second: Sequence[str]) -> list[Block]:
    """The blocks in which the two sequences of pieces differ, in order, none empty on both sides."""
    return [part for block in _blocks(first, second, (0, len(first), 0, len(second)), CUTS) for part in _split(first, second, block)]


def _blocks(first: Sequence[str], second: Sequence[str], block: Block, cuts: int) -> Iterator[Block]:
    start, end, other_start, other_end = _trimmed(first, second, block)
    if start == end and other_start == other_end:
        return
    if end - start <= 1 and other_end - other_start <= 1:
        yield start, end, other_start, other_end
        return
    before, after = first[start:end], second[other_start:other_end]
    counts, other_counts = _word_counts(before), _word_counts(after)
    if sum(count * other_counts[word] for word, count in counts.items()) <= MATCHES_AT_ONCE:
        matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
        for tag, left, right, other_left, other_right in matcher.get_opcodes():
            if tag != "equal":
                yield start + left, start + right, other_start + other_left, other_start + other_right
        return
    anchors = _anchors(before, after, {word for word, count in counts.items() if count == other_counts[word] == 1}) if cuts else []
    if not anchors:
        yield start, end, other_start, other_end
        return
    for (left, other_left), (right, other_right) in pairwise([(0, 0), *anchors, (end - start, other_end - other_start)]):
        inner = (start + left, start + right, other_start + other_left, other_start + other_right)
        yield from _blocks(first, second, inner, cuts - 1)


def _word_counts(pieces: Sequence[str]) -> Counter[str]:
    return Counter(piece for piece in pieces if not piece.isspace())


def _anchors(first: Sequence[str], second: Sequence[str], unique: set[str]) -> list[tuple[int, int]]:
    """The longest series of `unique` words that stand in the same order on both sides, as pairs of positions."""
    there = {word: position for position, word in enumerate(second) if word in unique}
    lowest_ends: list[int] = []
    chains: list[tuple[int, int]] = []
    ends: list[int] = []
    previous: list[int] = []
    for position, word in enumerate(first):
        if word not in unique:
            continue
        length = bisect_left(lowest_ends, there[word])
        chains.append((position, there[word]))
        previous.append(ends[length - 1] if length else -1)
        if length == len(lowest_ends):
            lowest_ends.append(there[word])
            ends.append(len(chains) - 1)
        else:
            lowest_ends[length] = there[word]
            ends[length] = len(chains) - 1
    found = []
    link = ends[-1] if ends else -1
    while link >= 0:
        found.append(chains[link])
        link = previous[link]
    return found[::-1]


def _trimmed(first: Sequence[str], second: Sequence[str], block: Block) -> Block:
    """The block without the pieces that are the same at its start and at its end."""
    start, end, other_start, other_end = block
    while start < end and other_start < other_end and first[start] == second[other_start]:
        start, other_start = start + 1, other_start + 1
    while start < end and other_start < other_end and first[end - 1] == second[other_end - 1]:
        end, other_end = end - 1, other_end - 1
    return start, end, other_start, other_end


def _split(first: Sequence[str], second: Sequence[str], block: Block) -> Iterator[Block]:
    """The block cut into single words where it is words written differently, so that each can be judged by itself."""
    start, end, other_start, other_end = block
    for left, right, other_left, other_right in SameWords(first[start:end], second[other_start:other_end]).pairs():
        pair = (block[0] + left, block[0] + right, block[2] + other_left, block[2] + other_right)
        for inner in (_trimmed(first, second, (start, pair[0], other_start, pair[2])), pair):
            if first[inner[0] : inner[1]] != second[inner[2] : inner[3]]:
                yield inner
        start, other_start = pair[1], pair[3]
    rest = _trimmed(first, second, (start, end, other_start, other_end))
    if rest[0] < rest[1] or rest[2] < rest[3]:
        yield rest

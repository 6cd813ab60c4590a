"""Words that a correction moved: half of a move would lose them or double them.

A move over a word or two is one change. A farther one stays two changes that are decided together.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ai_worker.pipelines.corrections.diff.align import Block
from ai_worker.pipelines.corrections.diff.naming.function_words import DENIALS, FUNCTION_WORDS
from ai_worker.pipelines.corrections.diff.words import is_word, tokens

NEAR = 1
"""Words that stayed where they are, over which a move still is one change: each adds two words to it that did
not change.
"""
FAR = 400
"""Characters of the source between the halves of a move; farther apart, the same words are there by chance.
"""


def moves_joined(first: Sequence[str], second: Sequence[str], blocks: Sequence[Block]) -> list[Block]:
    """The blocks, where neighbours that take a word away and add it again are one."""
    joined: list[Block] = []
    for block in blocks:
        while joined and block[0] - joined[-1][1] <= NEAR and _is_move(first, second, joined[-1], block):
            start, _, other_start, _ = joined.pop()
            block = (start, block[1], other_start, block[3])
        joined.append(block)
    return joined


def _is_move(first: Sequence[str], second: Sequence[str], one: Block, other: Block) -> bool:
    removed, added = set(first[one[0] : one[1]]), set(second[one[2] : one[3]])
    removed_there, added_there = set(first[other[0] : other[1]]), set(second[other[2] : other[3]])
    moved = ((removed - added) & (added_there - removed_there)) | (
        (added - removed) & (removed_there - added_there)
    )
    return any(map(_tells, moved))


def _tells(word: str) -> bool:
    """Return whether it is the same word that moved, and not one that every sentence has several of."""
    return is_word(word) and (word.casefold() not in FUNCTION_WORDS or word.casefold() in DENIALS)


class Half(Protocol):
    """The parts that a change needs to be half of a move."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def before(self) -> str: ...  # noqa: D102
    @property
    def after(self) -> str: ...  # noqa: D102


def other_halves(changes: Sequence[Half]) -> Mapping[int, int]:
    """The places in the list of changes that take words away and of those that add the same words nearby,
    each to the other.
    """
    removed: dict[tuple[str, ...], list[int]] = {}
    for place, change in enumerate(changes):
        if not _words(change.after) and (words := _words(change.before)):
            removed.setdefault(words, []).append(place)
    halves: dict[int, int] = {}
    for place, change in enumerate(changes):
        if removed and not _words(change.before) and (words := _words(change.after)) in removed:
            near = [
                other for other in removed[words] if other not in halves and _is_near(changes[other], change)
            ]
            if near:
                nearest = min(near, key=lambda other: abs(other - place))
                halves[nearest], halves[place] = place, nearest
    return halves


def _is_near(one: Half, other: Half) -> bool:
    return abs(one.start - other.start) <= FAR


def _words(text: str) -> tuple[str, ...]:
    """The words, where they are more than words that every sentence has several of."""
    words = [token.casefold() for token in tokens(text) if is_word(token)]
    return tuple(words) if any(map(_tells, words)) else ()

"""Counts of what was asked for and what came, and the distribution of posts: arithmetic that models do not do
reliably.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

BATCH = 10
"""Characters or posts of one question: answers of more grow past the length that models finish."""

Item = TypeVar("Item")


def batches_of(total: int) -> int:
    """Questions for this many characters or posts, each complete."""
    return math.ceil(total / BATCH)


def extra_batches(posts: int, users: int) -> int:
    """Batches of posts beyond the first of each character, posts shared evenly."""
    if users < 1:
        return 0
    share, rest = divmod(posts, users)
    return sum(max(0, batches_of(share + (index < rest)) - 1) for index in range(users))


def next_batch(remaining: int) -> int:
    """The number of records to ask for at once."""
    return max(0, min(BATCH, remaining))


def may_continue(total: int, depth: int, cap: int) -> bool:
    """Return whether a further batch may be asked for, so that a model that returns one at a time comes to an
    end.

    Args:
        depth: of the further batch; the first one has depth 0.
        cap: of batches, whatever the total.
    """
    return depth <= min(math.ceil(total / (BATCH - 2)) + 1, cap)


def cut(items: Sequence[Item], wanted: int) -> list[Item]:
    """The first of too many."""
    return list(items[:wanted])


def share_of(total: int, part: int, whole: int) -> int:
    """The posts of a batch of `part` characters out of `whole` that are still to be made; the last batch
    takes the rest.
    """
    return total if part >= whole else total * part // whole


def distributed(total: int, wished: Sequence[int]) -> list[int]:
    """The posts of each character: as wished, corrected until their sum is right.

    Each character has at least one post where there are enough; with fewer posts than characters the first
    ones have one.

    Args:
        total: posts of all of them together.
        wished: what the model named, whatever that is.
    """
    people = len(wished)
    if not people:
        return []
    if total < people:
        return [1 if index < total else 0 for index in range(people)]
    shares = [max(1, min(wish, total)) for wish in wished]
    missing = total - sum(shares)
    if missing > 0:
        each, rest = divmod(missing, people)
        return [share + each + (index < rest) for index, share in enumerate(shares)]
    for _ in range(-missing):
        largest = max(range(people), key=lambda index: shares[index])
        shares[largest] -= 1
    return shares

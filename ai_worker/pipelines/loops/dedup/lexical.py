"""Likeness of questions by their letters, 0 to 1: the larger of token order apart (rapidfuzz) and the cosine
of character 1- to 3-grams.
"""

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy
import regex
from rapidfuzz import fuzz, process

from ai_worker.pipelines.loops.texts.text_forms import spaced

DUPLICATE = 0.87
"""From here on alike questions are the same, where no guard says otherwise: no false merge in 96 hand-made
pairs of four languages.
"""
GREY = 0.60
"""From here on up to `DUPLICATE` only a model can tell."""
MOST = 40
"""Pairs of one question that are looked at closely: siblings such as "pin 1" to "pin 30" must not crowd out
the true twin.
"""
_BAG = 0.75
_AT_ONCE = 20_000
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")


@lru_cache(maxsize=400_000)
def sorted_tokens(question: str) -> str:
    """The words of a question in alphabetical order."""
    return " ".join(sorted(spaced(question).split()))


def likeness(one: str, other: str) -> float:
    """The likeness of two questions, 0 to 1."""
    return max(
        fuzz.ratio(sorted_tokens(one), sorted_tokens(other)) / 100, _cosine(_grams(one), _grams(other))
    )


def candidates(new: Sequence[str], old: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of places (new, old) that may be alike by `GREY` or more: of each new question the `MOST` most
    alike.

    Only rapidfuzz's score is computed for all pairs; the exact one is `likeness`. Words of another order
    within unspaced scripts are found by their letters in alphabetical order.
    """
    best = _best([sorted_tokens(text) for text in new], [sorted_tokens(text) for text in old], GREY)
    found = {(left, right) for left, rights in enumerate(best) for right in rights}
    unspaced_new = [place for place, text in enumerate(new) if _UNSPACED.search(text)]
    unspaced_old = [place for place, text in enumerate(old) if _UNSPACED.search(text)] if unspaced_new else []
    if unspaced_old:
        bags = _best(
            [_bag(new[place]) for place in unspaced_new], [_bag(old[place]) for place in unspaced_old], _BAG
        )
        found.update(
            (unspaced_new[left], unspaced_old[right]) for left, rights in enumerate(bags) for right in rights
        )
    yield from sorted(found)


def _best(new: Sequence[str], old: Sequence[str], least: float) -> list[list[int]]:
    """For each new text the places of the `MOST` old ones with the highest scores of at least `least`."""
    best: list[list[tuple[int, int]]] = [[] for _ in new]
    for start in range(0, len(old), _AT_ONCE):
        scores = process.cdist(
            new, old[start : start + _AT_ONCE], scorer=fuzz.ratio, score_cutoff=least * 100, dtype=numpy.uint8
        )
        for left, row in enumerate(scores):
            places = numpy.flatnonzero(row)
            if len(places) > MOST:
                places = places[numpy.argpartition(row[places], -MOST)[-MOST:]]
            best[left] = sorted([*best[left], *((-int(row[place]), int(place) + start) for place in places)])[
                :MOST
            ]
        # The computation does not yield by itself: a worker's other rows, and the renewal of its leases, get
        # their turn between.
        time.sleep(0)
    return [[place for _, place in found] for found in best]


def _bag(question: str) -> str:
    return "".join(sorted(spaced(question).replace(" ", "")))


@lru_cache(maxsize=50_000)
def _grams(question: str) -> tuple[Counter[str], float]:
    text = spaced(question)
    counts = Counter(
        text[start : start + size] for size in (1, 2, 3) for start in range(len(text) - size + 1)
    )
    return counts, math.sqrt(sum(count * count for count in counts.values()))


def _cosine(one: tuple[Counter[str], float], other: tuple[Counter[str], float]) -> float:
    (a, a_length), (b, b_length) = one, other
    if not a_length or not b_length:
        return 0.0
    small, large = (a, b) if len(a) < len(b) else (b, a)
    return sum(count * large[gram] for gram, count in small.items() if gram in large) / (a_length * b_length)

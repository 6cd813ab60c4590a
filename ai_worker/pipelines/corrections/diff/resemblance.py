"""The likeness of two words as one word written differently."""

import unicodedata
from functools import lru_cache
from itertools import takewhile

from ai_worker.pipelines.corrections.diff.naming.function_words import ENDINGS

LONGEST = 40
"""Letters. Longer "words" are links, codes or noise: comparing them letter by letter would cost more than it
tells.
"""

_SHORTEST_STEM = 3


def folded(word: str) -> str:
    """The word without the differences that are only ways of writing it: capitals, composed accents, kinds of
    apostrophe.
    """
    return (
        word.casefold() if word.isascii() else unicodedata.normalize("NFC", word).casefold().replace("’", "'")
    )


@lru_cache(maxsize=4096)
def resemblance(first: str, second: str) -> float:
    """The share of letters that agree in two folded words, or 0 where one is no likely slip or other form of
    the other.

    In a slip one letter in three may differ, at least one, at most three. A letter added, dropped, replaced,
    or two neighbours swapped count as one difference.
    """
    if first == second:
        return 1.0
    if is_another_form(first, second):
        return _stem(first, second) / max(len(first), len(second))
    longest = max(len(first), len(second))
    allowed = min(3, max(1, longest // 3))
    if longest < 2 or longest > LONGEST or abs(len(first) - len(second)) > allowed:
        return 0.0
    differences = _differences(first, second)
    return 1 - differences / longest if differences <= allowed else 0.0


def is_another_form(first: str, second: str) -> bool:
    """Return whether two folded words are one stem of three letters or more with different grammatical
    endings: cat, cats; домов, домам.
    """
    stem = _stem(first, second)
    endings = first[stem:], second[stem:]
    same_letters = sorted(endings[0]) == sorted(endings[1])
    return (
        stem >= _SHORTEST_STEM
        and stem > max(map(len, endings))
        and ENDINGS.issuperset(endings)
        and not same_letters
    )


def _stem(first: str, second: str) -> int:
    return sum(
        1 for _ in takewhile(lambda letters: letters[0] == letters[1], zip(first, second, strict=False))
    )


def _differences(first: str, second: str) -> int:
    """Damerau-Levenshtein distance with adjacent swaps, of what is left between the letters that agree at
    both ends.
    """
    first, second = _unlike(first, second)
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, left in enumerate(first, 1):
        current = [row]
        for column, right in enumerate(second, 1):
            best = min(above[column] + 1, current[-1] + 1, above[column - 1] + (left != right))
            if row > 1 and column > 1 and left == second[column - 2] and first[row - 2] == right:
                best = min(best, before[column - 2] + 1)
            current.append(best)
        before, above = above, current
    return above[-1]


def _unlike(first: str, second: str) -> tuple[str, str]:
    start = _stem(first, second)
    first, second = first[start:], second[start:]
    end = _stem(first[::-1], second[::-1])
    return first[: len(first) - end], second[: len(second) - end]

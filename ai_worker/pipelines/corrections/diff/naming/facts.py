"""Figures of a text: its numbers, units, days and months, as values that can be compared across
languages.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import regex

from ai_worker.pipelines.corrections.diff.naming.fact_words import DAYS_AND_MONTHS, NUMBER_WORDS, UNITS

_FIGURES = regex.compile(r"\p{Nd}+")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_UNIT = regex.compile(
    rf"(?:(?<=\p{{Nd}}\s?)({'|'.join(sorted(UNITS, key=len, reverse=True))})(?![\p{{L}}\p{{Nd}}]))"
    r"|(\p{Sc}|%|‰|°[CF]?)"
)
_NONE: Mapping[str, Counter[str]] = {"numbers": Counter(), "units": Counter(), "dates": Counter()}


def facts(text: str) -> Mapping[str, Counter[str]]:
    """`numbers` as digits, `units` after numbers and signs of money, `dates` as numbers of days of the week
    and months.
    """
    if text.isalpha() and (word := text.casefold()) not in NUMBER_WORDS and word not in DAYS_AND_MONTHS:
        # One ordinary word, as most edits are.
        return _NONE
    return {"numbers": numbers(text), "units": units(text), "dates": dates(text)}


def numbers(text: str) -> Counter[str]:
    """The groups of digits, in the digits 0 to 9 of any script, and the words for small numbers as their
    digits.
    """
    found = Counter("".join(str(int(digit)) for digit in group) for group in _FIGURES.findall(text))
    if words := [NUMBER_WORDS[word] for word in _words(text) if word in NUMBER_WORDS]:
        found.update(words)
    return found


def units(text: str) -> Counter[str]:
    """The units that follow numbers, and the signs of money, percent and degrees."""
    return Counter(unit or sign for unit, sign in _UNIT.findall(text))


def dates(text: str) -> Counter[str]:
    """Days of the week and months by their number: `d1` Monday, `m5` May."""
    return Counter(DAYS_AND_MONTHS[word] for word in _words(text) if word in DAYS_AND_MONTHS)


@lru_cache(maxsize=4)
def _words(text: str) -> tuple[str, ...]:
    """Kept for the latest texts: several checks ask about each."""
    return tuple(map(str.casefold, _WORD.findall(text)))

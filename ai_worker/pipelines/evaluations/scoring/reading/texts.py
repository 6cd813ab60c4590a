"""Folding: spellings of the same characters made one. It drops no character that could be content."""

import unicodedata
from collections.abc import Callable

import regex

_MOST_PASSES = 6
_INVISIBLE = regex.compile(r"[\p{Cf}\uFE00-\uFE0F\u20E3]")
_DASH = regex.compile(r"[\p{Pd}−]")
# NFKC writes 10² as 102, 10₂ too, and 1½ as 11⁄2.
_RAISED = regex.compile(r"[\u00b2\u00b3\u00b9\u02b0-\u02b8\u1d2c-\u1d61\u1d78\u1d9b-\u1dbf\u2070-\u207f]+")
_LOWERED = regex.compile(r"(?<=\d)[\u2080-\u208e]+")
_FRACTION = regex.compile(r"(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])")


def fold(text: str) -> str:
    """The text without differences of case, width, composition, invisible characters, dashes and white space.

    Unicode NFKC and full case folding; soft hyphens, zero-width characters and marks of direction go; every
    dash is `-`; the Russian ё is е, as Russian prints them alike; runs of white space are one space. Raised
    digits stay raised (10² is 10^2), lowered ones behind a digit lowered (10₂ is 10_2), and a fraction stands
    apart from the digit before it.
    """
    return settled(_folded, text)


def _folded(text: str) -> str:
    apart = _FRACTION.sub(
        " ", _LOWERED.sub(lambda run: "_" + run[0], _RAISED.sub(lambda run: "^" + run[0], text))
    )
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", apart))
    plain = unicodedata.normalize("NFKC", composed.casefold()).replace("ё", "е").replace("\u2044", "/")
    return " ".join(_DASH.sub("-", plain).split())


def settled(step: Callable[[str], str], text: str) -> str:
    """The text after a step was repeated until it changed nothing, so that normal forms are normal.

    One pass can bring two characters together that the next one sees as one. Two or three passes do; a letter
    under thousands of accents, which would take as many, is left after `_MOST_PASSES`.
    """
    for _ in range(_MOST_PASSES):
        after = step(text)
        if after == text:
            break
        text = after
    return text

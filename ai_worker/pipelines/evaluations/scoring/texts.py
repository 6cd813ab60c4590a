"""Two texts that a person would call the same made the same.

After SQuAD's `normalize_answer` (Rajpurkar et al. 2016: lower case, no punctuation, no articles, single spaces), carried
beyond ASCII and kept from three things which that does: it empties the answer "A" (an article), and it makes 3.5 and 35,
-5 and 5 the same.
"""

import unicodedata
from collections.abc import Callable

import regex

_MOST_PASSES = 6
_INVISIBLE = regex.compile(r"\p{Cf}")
_DASH = regex.compile(r"[\p{Pd}−]")
_PART_OF_A_NUMBER = r"(?<=\d)\p{P}(?=\d)|(?<![^\s\-])\.(?=\d)"
_WITHIN_WORDS = regex.compile(rf"(?:{_PART_OF_A_NUMBER})(*SKIP)(*FAIL)|[.'’]")
_BETWEEN_WORDS = regex.compile(rf"(?:{_PART_OF_A_NUMBER}|-)(*SKIP)(*FAIL)|[\p{{P}}\p{{Sk}}]")
_HYPHEN = regex.compile(r"(?:(?<=\d)-(?=\d)|(?<![^\s\p{S}])-(?=\.?\d))(*SKIP)(*FAIL)|-")
_ARTICLE = regex.compile(r"\b(?:a|an|the) (?=\w\w)")


def fold(text: str) -> str:
    """The text without differences of case, width, composition, invisible characters, dashes and white space.

    Unicode NFKC and full case folding; soft hyphens, zero-width characters and marks of direction go; every dash is `-`;
    the Russian ё is е, as Russian prints them alike; runs of white space are one space.
    """
    return _settled(_folded, text)


def normalise(text: str) -> str:
    """`fold`, and without punctuation and English articles.

    Full stops and apostrophes vanish (U.S.A. is USA), other marks part words (well-known is well known). Punctuation between
    digits and the sign of a number stay, symbols (+, $, °) too, and an article stays unless a word of two letters or more
    follows it: the answer "A", and "A, B", are letters. A text of nothing but marks stays as it is.
    """
    folded = fold(text)
    return _settled(_without_marks, folded) or folded


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold())
    return " ".join(_DASH.sub("-", plain.replace("ё", "е")).split())


def _without_marks(text: str) -> str:
    unmarked = _HYPHEN.sub(" ", _BETWEEN_WORDS.sub(" ", _WITHIN_WORDS.sub("", text)))
    # A mark taken out can leave an accent beside its letter: folded again they are one character.
    return _folded(_ARTICLE.sub("", " ".join(unmarked.split())))


def _settled(step: Callable[[str], str], text: str) -> str:
    """Repeats a step until it changes nothing, so that normal forms are normal: what one pass takes out can bring two
    characters together that the next one sees as one. Two or three passes do; a letter under thousands of accents, which
    would take as many, is left after `_MOST_PASSES`.
    """
    for _ in range(_MOST_PASSES):
        after = step(text)
        if after == text:
            break
        text = after
    return text

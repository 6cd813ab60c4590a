"""Words of substance by which alike questions differ: "update the camera" and "update the controller" share
all letters but those that count.

Such a pair may still be the same, by a synonym; so it is left to a model, and neither merged nor kept apart
by its score.
"""

from functools import lru_cache
from pathlib import Path

import regex
from rapidfuzz import fuzz

from ai_worker.pipelines.loops.texts.text_forms import folded

SAME_WORD = 75.0
"""rapidfuzz's ratio of two forms of one word, 0 to 100; forms with a common beginning of `STEM` letters are
the same at once.
"""
STEM = 5
SHORTEST = 3
_WORD = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Hangul}\p{M}]+")
_HAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]")
_WORDS = (Path(__file__).parent / "words" / "function_words.txt").read_text(encoding="utf-8").splitlines()
_FUNCTION = frozenset(word for line in _WORDS if not line.startswith("#") for word in line.split())
_HAN_FUNCTION = frozenset(
    "的是在了和与及或有何如怎么样什多少几吗呢吧请问能否可以会要应该哪个些为因对于从到被把将其该这那里中上下之以用使通过时候当"
)


@lru_cache(maxsize=100_000)
def substance(question: str) -> tuple[frozenset[str], frozenset[str]]:
    """The content words of a question, and its content characters of scripts without spaces."""
    plain = folded(question)
    words = frozenset(
        word for word in _WORD.findall(plain) if len(word) >= SHORTEST and word not in _FUNCTION
    )
    return words, frozenset(_HAN.findall(plain)) - _HAN_FUNCTION


def is_substituted(one: str, other: str) -> bool:
    """True where each question has a word of substance that the other lacks."""
    (words, letters), (other_words, other_letters) = substance(one), substance(other)
    if letters - other_letters and other_letters - letters:
        return True
    return _lacks(words, other_words) and _lacks(other_words, words)


def _lacks(words: frozenset[str], others: frozenset[str]) -> bool:
    return any(not any(_is_same(word, other) for other in others) for word in words - others)


def _is_same(word: str, other: str) -> bool:
    return (min(len(word), len(other)) >= STEM and word[:STEM] == other[:STEM]) or fuzz.ratio(
        word, other
    ) >= SAME_WORD

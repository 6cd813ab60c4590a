"""What kind of change an edit is, by rules that a reviewer can predict. A hint for sorting, never a reason to apply or drop one."""

from collections import Counter
from typing import Literal

import regex

from ai_worker.pipelines.corrections.diff.function_words import DENIALS, FUNCTION_WORDS
from ai_worker.pipelines.corrections.diff.resemblance import folded, is_another_form, resemblance
from ai_worker.pipelines.corrections.diff.words import is_word, tokens

Kind = Literal["spelling", "grammar", "punctuation", "style", "meaning"]
"""The codes of the table `change_kind`."""

MUCH = 12
"""Words on one side from which on an edit counts as a rewriting that may have changed the meaning."""

_SMALL_WORDS = FUNCTION_WORDS | DENIALS
_DIGITS = regex.compile(r"\p{Nd}+")
_SOUND_MARKS = regex.compile(r"[\p{P}\p{Z}\s\p{Cf}`´^~|]*")


def classify(before: str, after: str) -> tuple[Kind, str]:
    """The kind of the edit from `before` to `after` and, in a few words, why: the first rule that holds decides."""
    words, others = _words(before), _words(after)
    if words == others:
        if _SOUND_MARKS.fullmatch(_without_words(before)) and _SOUND_MARKS.fullmatch(_without_words(after)):
            return "punctuation", "only punctuation or spaces differ"
        return "style", "a symbol differs"
    if Counter(_DIGITS.findall(before)) != Counter(_DIGITS.findall(after)):
        return "meaning", "a number differs"
    joined, other_joined = "".join(map(folded, words)), "".join(map(folded, others))
    if joined == other_joined:
        return "spelling", "capitals or accents" if len(words) == len(others) else "a word split or joined"
    if _denials(words) != _denials(others):
        return "meaning", "a negation differs"
    if all(folded(word) in _SMALL_WORDS for word in words + others):
        return "grammar", "function words"
    if len(words) == len(others) == 1:
        return _one_word(folded(words[0]), folded(others[0]))
    if max(len(words), len(others)) >= MUCH:
        return "meaning", "much was rewritten"
    if resemblance(joined, other_joined):
        return "spelling", "a word split or joined"
    return "style", "other words"


def _one_word(word: str, other: str) -> tuple[Kind, str]:
    if is_another_form(word, other):
        return "grammar", "another ending"
    return ("spelling", "letters differ") if resemblance(word, other) else ("style", "another word")


def _words(text: str) -> list[str]:
    return [token for token in tokens(text) if is_word(token)]


def _without_words(text: str) -> str:
    return "".join(token for token in tokens(text) if not is_word(token))


def _denials(words: list[str]) -> int:
    return sum(folded(word) in DENIALS for word in words)

"""The kind of change that an edit is, by rules that a reviewer can predict. A hint for sorting, never a
reason to apply or drop one.
"""

from collections import Counter
from typing import Literal

import regex

from ai_worker.pipelines.corrections.diff.naming.facts import facts
from ai_worker.pipelines.corrections.diff.naming.function_words import DENIALS, FUNCTION_WORDS
from ai_worker.pipelines.corrections.diff.resemblance import folded, is_another_form, resemblance
from ai_worker.pipelines.corrections.diff.words import is_address, is_word, tokens

Kind = Literal["spelling", "grammar", "punctuation", "style", "meaning"]
"""The codes of the table `change_kind`."""

MUCH = 12
"""Words on one side from which on an edit counts as a rewriting that may have changed the meaning."""
LONG = 400
"""Characters of both sides together: the same, without looking closer."""
SENTENCE = 3
"""Words, with the mark that ends a sentence, that are a sentence of their own."""

_SMALL_WORDS = FUNCTION_WORDS | DENIALS
_SOUND_MARKS = regex.compile(r"[\p{P}\p{Z}\s\p{Cf}`´^~|]*")
_SENTENCE_END = regex.compile(r"[.!?…。！？](?:[\s\"'”’»)]|\Z)")
_SCRIPTS = regex.compile(
    r"(\p{Latin}+)|(\p{Cyrillic}+)|(\p{Greek}+)|(\p{Arabic}+)|(\p{Hebrew}+)|([\p{Han}\p{Hiragana}\p{Katakana}]+)|(\p{Hangul}+)"
)


def classify(before: str, after: str) -> tuple[Kind, str]:
    """The kind of the edit from `before` to `after` and, in a few words, why: the first rule that holds
    decides.
    """
    if len(before) + len(after) > LONG:
        return (
            ("punctuation", "only spaces differ")
            if before.split() == after.split()
            else ("meaning", "much was rewritten")
        )
    pieces, other_pieces = tokens(before), tokens(after)
    words, others = list(filter(is_word, pieces)), list(filter(is_word, other_pieces))
    if Counter(filter(is_address, words)) != Counter(filter(is_address, others)):
        return "meaning", "an address differs"
    if words == others:
        if _SOUND_MARKS.fullmatch(_without_words(pieces)) and _SOUND_MARKS.fullmatch(
            _without_words(other_pieces)
        ):
            return "punctuation", "only punctuation or spaces differ"
        return _symbols(before, after)
    if not (words and others) and (_is_sentence(before, words) or _is_sentence(after, others)):
        return "meaning", "a sentence was left out" if words else "a sentence was added"
    return _facts(before, after) or _words(before, after, words, others)


def _symbols(before: str, after: str) -> tuple[Kind, str]:
    return _facts(before, after) or ("style", "a symbol differs")


def _facts(before: str, after: str) -> tuple[Kind, str] | None:
    found, other = facts(before), facts(after)
    for name, what in (
        ("numbers", "a number differs"),
        ("units", "a unit differs"),
        ("dates", "a day or month differs"),
    ):
        # What is only there on one side is for the rules about words, but for figures: no word stands for
        # those.
        if found[name] != other[name] and (name == "numbers" or (found[name] and other[name])):
            return "meaning", what
    return None


def _words(before: str, after: str, words: list[str], others: list[str]) -> tuple[Kind, str]:
    joined, other_joined = "".join(map(folded, words)), "".join(map(folded, others))
    if joined == other_joined:
        return "spelling", "capitals or accents" if len(words) == len(others) else "a word split or joined"
    if _denials(words) != _denials(others):
        return "meaning", "a negation differs"
    if _is_other_script(words, others):
        return "meaning", "another language"
    if all(folded(word) in _SMALL_WORDS for word in words + others):
        return "grammar", "function words"
    if len(words) == len(others) == 1:
        return _one_word(folded(words[0]), folded(others[0]))
    if max(len(words), len(others)) >= MUCH:
        return "meaning", "much was rewritten"
    if Counter(map(folded, words)) == Counter(map(folded, others)):
        return "style", "another order"
    if resemblance(joined, other_joined):
        return "spelling", "a word split or joined"
    return "style", "other words"


def _is_sentence(text: str, words: list[str]) -> bool:
    return len(words) >= SENTENCE and _SENTENCE_END.search(text) is not None


def _is_other_script(words: list[str], others: list[str]) -> bool:
    """Return whether the words are written in another alphabet; one with letters of two alphabets is a slip
    of the keyboard.
    """
    scripts, other_scripts = _scripts(words), _scripts(others)
    return len(scripts) == len(other_scripts) == 1 and scripts != other_scripts


def _scripts(words: list[str]) -> set[int]:
    return {found.lastindex or 0 for word in words for found in _SCRIPTS.finditer(word)}


def _one_word(word: str, other: str) -> tuple[Kind, str]:
    if is_another_form(word, other):
        return "grammar", "another ending"
    return ("spelling", "letters differ") if resemblance(word, other) else ("style", "another word")


def _without_words(pieces: list[str]) -> str:
    return "".join(piece for piece in pieces if not is_word(piece))


def _denials(words: list[str]) -> int:
    return sum(folded(word) in DENIALS for word in words)

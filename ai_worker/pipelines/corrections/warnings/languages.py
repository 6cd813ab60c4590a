"""The language of a text by its alphabet and its commonest words: certain enough to warn, or silent."""

from collections import Counter
from collections.abc import Iterator

import regex

from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.warnings.language_words import ALPHABETS, COMMON_WORDS

_WORD = regex.compile(r"[\p{L}\p{M}'’]+")
_CODES = {
    word: tuple(code for code, common in COMMON_WORDS.items() if word in common)
    for word in frozenset().union(*COMMON_WORDS.values())
}
_LETTERS = {name: regex.compile(rf"[{letters}]") for name, letters in ALPHABETS.items()}
_LOOKED_AT = 5_000
_ENOUGH = 3
"""Common words of a language that a text must have to be taken for it."""
_CLEARLY = 2
"""Times as many as of any other language."""
_LETTERS_NEEDED = 12
_OF_ALPHABET = {
    "Cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk"),
    "Greek": ("el",),
    "Hebrew": ("he", "yi"),
    "Arabic": ("ar", "fa", "ur"),
    "Han": ("zh", "ja"),
    "Kana": ("ja",),
    "Hangul": ("ko",),
    "Thai": ("th",),
    "Devanagari": ("hi", "mr", "ne"),
}


def other_language(source: str, answer: str, *, expected: str | None) -> Iterator[Remark]:
    """An answer that is certainly not in the language it should be in.

    Args:
        expected: the code of that language; empty where the task names none; None for the language of the
            text itself.
    """
    found = language(answer)
    wanted = language(source) if expected is None else expected[:2].casefold()
    if found and wanted and not _may_be(found, wanted):
        yield Remark("language", f"the answer seems to be in {found}, not in {wanted}")
        return
    other = main_alphabet(answer)
    alphabet = main_alphabet(source) if expected is None and other else None
    if alphabet and alphabet != other:
        yield Remark("language", f"the answer is written in {other} letters, the text in {alphabet} letters")
    elif expected and other and not _fits(other, wanted or ""):
        yield Remark("language", f"the answer is written in {other} letters, which {wanted} is not")


def language(text: str) -> str | None:
    """The code of the language, where enough of its common words stand in the text and hardly any of
    another's.
    """
    found = dict.fromkeys(COMMON_WORDS, 0)
    for word in map(str.casefold, _WORD.findall(text[:_LOOKED_AT])):
        for code in _CODES.get(word, ()):
            found[code] += 1
    (best, code), (second, _) = sorted(((times, code) for code, times in found.items()), reverse=True)[:2]
    return code if best >= _ENOUGH and best >= _CLEARLY * second else None


def main_alphabet(text: str) -> str | None:
    """The alphabet of most of the letters, where the text has some."""
    if text.isascii():
        return "Latin" if sum(map(str.isalpha, text[:_LOOKED_AT])) >= _LETTERS_NEEDED else None
    counts = Counter({name: len(pattern.findall(text[:_LOOKED_AT])) for name, pattern in _LETTERS.items()})
    name, most = counts.most_common(1)[0]
    return name if most >= _LETTERS_NEEDED and most * 2 > counts.total() else None


def _may_be(found: str, wanted: str) -> bool:
    """Return whether two codes may be the same language: those that are not known here are never found."""
    return found == wanted or wanted not in COMMON_WORDS


def _fits(alphabet: str, code: str) -> bool:
    special = {known: name for name, codes in _OF_ALPHABET.items() for known in codes}
    if code not in special:
        return alphabet == "Latin" or code not in COMMON_WORDS
    return code in _OF_ALPHABET.get(alphabet, ())

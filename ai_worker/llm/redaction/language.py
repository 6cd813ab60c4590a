"""The language of a text, among the seven whose names and addresses are known."""

import re
from functools import lru_cache
from typing import Literal

Language = Literal["pl", "ru", "en", "de", "uk", "zh", "cs"]

_LOOKED_AT = 2000
_WORDS: dict[Language, frozenset[str]] = {
    "pl": frozenset(
        [
            "i",
            "w",
            "z",
            "na",
            "do",
            "nie",
            "się",
            "jest",
            "to",
            "że",
            "o",
            "dla",
            "od",
            "przy",
            "oraz",
            "mój",
            "moja",
            "proszę",
            "pan",
            "pani",
            "jak",
            "po",
            "ul",
            "numer",
            "są",
            "jako",
            "tel",
            "lub",
        ]
    ),
    "en": frozenset(
        [
            "the",
            "of",
            "and",
            "to",
            "in",
            "is",
            "i",
            "my",
            "for",
            "on",
            "with",
            "at",
            "you",
            "it",
            "this",
            "that",
            "be",
            "was",
            "are",
            "not",
            "have",
            "please",
            "from",
            "or",
            "an",
            "by",
        ]
    ),
    "de": frozenset(
        [
            "der",
            "die",
            "das",
            "und",
            "ich",
            "ist",
            "in",
            "zu",
            "den",
            "mit",
            "nicht",
            "ein",
            "eine",
            "auf",
            "für",
            "von",
            "bitte",
            "im",
            "am",
            "sie",
            "wir",
            "mein",
            "meine",
            "bei",
            "an",
            "ist",
            "hat",
            "dem",
        ]
    ),
    "cs": frozenset(
        [
            "a",
            "v",
            "na",
            "se",
            "je",
            "že",
            "s",
            "z",
            "do",
            "to",
            "o",
            "i",
            "jsem",
            "prosím",
            "pro",
            "od",
            "paní",
            "pan",
            "ve",
            "za",
            "k",
            "mi",
            "my",
            "bydlím",
            "č",
            "jako",
            "si",
            "ale",
            "jsou",
            "po",
        ]
    ),
}
_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]|\b(?:та|що|це|до|від|прошу|мене|мій)\b")
_RUSSIAN = re.compile(r"[ыэъёЫЭЪЁ]|\b(?:и|что|это|от|меня|мой|на)\b")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_LETTERS: dict[Language, str] = {"pl": "ąęłńśźżćó", "de": "äöüß", "cs": "ěřůčšžýáíéťďň"}


@lru_cache(maxsize=64)
def language_of(text: str) -> Language:
    """The language in which most of the text's beginning is written."""
    start = text[:_LOOKED_AT]
    words = _LATIN.findall(start)
    latin, cyrillic, han = sum(map(len, words)), 0, 0
    if not start.isascii():
        cyrillic, han = len(_CYRILLIC.findall(start)), len(_HAN.findall(start))
    if han * 2 >= max(latin, cyrillic) and han:
        return "zh"
    if cyrillic >= latin and cyrillic:
        return "uk" if len(_UKRAINIAN.findall(start)) > len(_RUSSIAN.findall(start)) else "ru"
    lower = [word.lower() for word in words]
    scores = {language: float(sum(map(listed.__contains__, lower))) for language, listed in _WORDS.items()}
    if not start.isascii():
        joined = "".join(lower)
        for language, letters in _LETTERS.items():
            scores[language] += 0.7 * sum(map(joined.count, letters))
    return max(scores, key=lambda language: scores[language])

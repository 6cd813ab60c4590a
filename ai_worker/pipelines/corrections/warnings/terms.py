"""The terms of a task's glossary, found by their stems in whatever form a sentence needs."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache

import regex

from ai_worker.pipelines.corrections.diff.resemblance import folded, is_another_form

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_SHORTEST_ALIKE = 5
_ALIKE = 0.75
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


@lru_cache(maxsize=100)
def terms(glossary: str | None) -> dict[str, str]:
    """The terms and their translations; none where the glossary is no JSON object but lines for the model to
    read.
    """
    try:
        found = json.loads(glossary or "")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    pairs = {
        " ".join(str(term).split()): " ".join(str(translation).split()) for term, translation in found.items()
    }
    return {term: translation for term, translation in pairs.items() if term and translation}


def missing_terms(
    glossary: str | None,
    source: str,
    translation: str,
    source_language: str | None = None,
    target_language: str | None = None,
) -> list[str]:
    """The terms that the source has and whose translation the answer seems to lack, as `dog = pies`.

    A hint for a reviewer and no more: a word whose stem changes (`pies`, `psa`) is known where the stemmer of
        its language knows it.
    """
    wanted = terms(glossary)
    if not wanted:
        return []
    text, answer = _Words(source, source_language), _Words(translation, target_language)
    return [f"{term} = {word}" for term, word in wanted.items() if text.hold(term) and not answer.hold(word)]


class _Words:
    """The words of a text with their stems.

    Args:
        language: the code of its language, where it is known.
    """

    def __init__(self, text: str, language: str | None) -> None:
        self._text = folded(text)
        self._stem = _stemmer((language or "")[:2].casefold())
        self._words = _WORD.findall(self._text)
        self._stems = [self._stem(word) for word in self._words]

    def hold(self, term: str) -> bool:
        """Return whether the words of the term stand one after another, each perhaps in another form."""
        wanted = _WORD.findall(folded(term))
        if not wanted or _UNSPACED.search(term):
            return "".join(folded(term).split()) in "".join(self._text.split())
        stems = [self._stem(word) for word in wanted]
        places = range(len(self._words) - len(wanted) + 1)
        return any(self._match(wanted, stems, place) for place in places)

    def _match(self, wanted: Sequence[str], stems: Sequence[str], place: int) -> bool:
        return all(
            stem == self._stems[place + offset] or is_same_word(word, self._words[place + offset])
            for offset, (word, stem) in enumerate(zip(wanted, stems, strict=True))
        )


def is_same_word(word: str, other: str) -> bool:
    """Return whether two folded words are forms of one word: by a known ending, or, of longer words, by most
    of their letters.
    """
    if word == other or is_another_form(word, other):
        return True
    start = next(
        (place for place, (left, right) in enumerate(zip(word, other, strict=False)) if left != right), None
    )
    common = min(len(word), len(other)) if start is None else start
    return min(len(word), len(other)) >= _SHORTEST_ALIKE and common >= _ALIKE * max(len(word), len(other))


@lru_cache(maxsize=40)
def _stemmer(language: str) -> Callable[[str], str]:
    if language not in _STEMMERS:
        return str
    import snowballstemmer  # noqa: PLC0415 - only where a task has a glossary

    stem: Callable[[str], str] = snowballstemmer.stemmer(_STEMMERS[language]).stemWord
    return stem

"""The terms of a task's glossary."""

import json
from functools import lru_cache

import regex

from ai_worker.pipelines.corrections.diff.resemblance import folded

_ENDING = 2
"""Letters that a word may lose at its end when it is inflected."""
_LONGER = 4
"""Letters that it may gain instead."""
_SHORTEST_STEM = 4
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


@lru_cache(maxsize=100)
def terms(glossary: str | None) -> dict[str, str]:
    """The terms and their translations; none where the glossary is no JSON object but lines for the model to read."""
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


def missing_terms(glossary: str | None, source: str, translation: str) -> list[str]:
    """The terms that the source has and whose translation the answer seems to lack, as `dog = pies`.

    A hint for a reviewer and no more: an inflected word is known by its beginning, a word that changes in the middle is not.
    """
    text, answer = folded(source), folded(translation)
    return [
        f"{term} = {wanted}"
        for term, wanted in terms(glossary).items()
        if _holds(text, term) and not _holds(answer, wanted)
    ]


def _holds(text: str, term: str) -> bool:
    """Whether the folded text has the term's words one after another, each perhaps with another ending."""
    words = folded(term).split()
    if _UNSPACED.search(term):
        return "".join(words) in text
    stems = [word[: max(_SHORTEST_STEM, len(word) - _ENDING)] for word in words]
    if not all(stem in text for stem in stems):
        return False
    pattern = r"\W+".join(
        rf"(?<!\w){regex.escape(stem)}\w{{0,{min(len(stem), _ENDING + _LONGER)}}}(?!\w)" for stem in stems
    )
    return regex.search(pattern, text) is not None

"""Names that their writer left in small letters."""

from collections.abc import Sequence

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.evidence import IN_CODE
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common, is_surname, likeness
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_STEPS = 4
_ONE_IN = 4
"""Sentences for each that begins with a capital: most telephones write some by themselves."""


def writes_small(listed: Sequence[Token]) -> bool:
    """Return whether the writer uses hardly any capitals, not even where sentences begin."""
    opening = [token.capital for token in listed if token.opens]
    return len(listed) > 1 and sum(opening) * _ONE_IN <= len(opening) - (len(opening) <= _ONE_IN)


def share_of_small(listed: Sequence[Token]) -> int:
    """The share of sentences that the writer begins without a capital, in five steps."""
    opening = [token.capital for token in listed if token.opens]
    return _STEPS - sum(opening) * _STEPS // len(opening) if opening else 0


def in_small_letters(listed: Sequence[Token], index: int, language: Language, *, small: bool) -> int:
    """The number of words from here on that are a name in small letters, 0 where none is.

    Args:
        small: whether the writer uses small letters throughout; else only a given name and a surname
            together, or a given name after an introduction, are one.
    """
    token = listed[index]
    if (
        not token.word[0].islower()
        or len(token.word) < 3
        or token.lower in cues.NEVER
        or token.lower in cues.PARTICLES
    ):
        return 0
    known = given(token.lower, language)
    if not (known or is_surname(token.lower)) or _is_in_code(listed, index):
        return 0
    after = listed[index + 1] if index + 1 < len(listed) else None
    introduced = _is_introduced(listed, index)
    follows = after is not None and after.gap == " " and not _is_in_code(listed, index + 1)
    if after is not None and follows and not after.capital and len(after.word) > 2:
        common = is_common(token.lower, language) and likeness(after.lower) < 0
        if (small or introduced) and known and is_surname(after.lower) and after.lower not in cues.NEVER:
            # "we can see young people": each word is a name, too.
            return 0 if common and not (introduced and known == 2) else 2
        if small and known == 2 and not is_common(after.lower, language) and after.lower not in cues.NEVER:
            return 2
        if not is_common(after.lower, language) and _is_pair(token.lower, known, after.lower, language):
            return 2
    alike = likeness(token.lower)
    if introduced and known:
        # Who writes capitals elsewhere seldom leaves a name without: "i am alon" misses a letter.
        return int(alike > 0.5 or (small and (known == 2 or alike > 0.0)))
    return int(small and known == 2 and alike > -0.5)


def _is_in_code(listed: Sequence[Token], index: int) -> bool:
    """Return whether a digit, an underscore or their like is written on to the word."""
    after = listed[index + 1].gap if index + 1 < len(listed) else ""
    return (listed[index].gap[-1:] or " ") in IN_CODE or (after[:1] or " ") in IN_CODE


def _is_pair(first: str, known: int, second: str, language: Language) -> bool:
    """Return whether two words are a given name and a surname, in either order; the second is no common
    word.
    """
    if known == 2 and (is_surname(second) or likeness(second) > 1.0):
        return True
    if known == 1 and is_surname(second) and likeness(second) > 0.0:
        return True
    return given(second, language) == 2 and not is_common(first, language) and is_surname(first)


def _is_introduced(listed: Sequence[Token], index: int) -> bool:
    """Return whether the words before are those by which a writer names himself or a relative."""
    if not index or listed[index].gap not in (" ", ", "):
        return False
    before = listed[index - 1].lower
    if before in cues.GREETINGS:
        return True
    if listed[index].gap != " ":
        return False
    return (
        before in cues.INTRODUCTIONS
        or before in cues.KIN
        or (index > 1 and (listed[index - 2].lower, before) in cues.INTRODUCING)
    )

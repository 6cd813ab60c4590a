"""Names that their writer left in small letters."""

from collections.abc import Sequence

from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import given, is_common, is_surname, likeness
from ai_worker.llm.redaction.recognisers.words.tokens import Token


def in_small_letters(listed: Sequence[Token], index: int) -> int:
    """The number of words from here on that are a name in small letters: 2, after an introduction also 1,
    else 0.
    """
    token = listed[index]
    if token.capital or len(token.word) < 3:
        return 0
    known = given(token.lower)
    after = listed[index + 1] if index + 1 < len(listed) else None
    if (
        after is not None
        and after.gap == " "
        and not after.capital
        and len(after.word) > 2
        and not is_common(after.lower)
    ):
        if known == 2 and (is_surname(after.lower) or likeness(after.lower) > 1.0):
            return 2
        if known == 1 and is_surname(after.lower) and likeness(after.lower) > 0.0:
            return 2
        if given(after.lower) == 2 and not is_common(token.lower) and is_surname(token.lower):
            return 2
    introduced = index > 0 and token.gap == " " and listed[index - 1].lower in cues.INTRODUCTIONS
    return int(known == 2 and introduced)

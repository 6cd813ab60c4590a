"""Stretches of words with capitals, and words that are titles of what follows."""

from collections.abc import Sequence

from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.tokens import Token

_JOINING = frozenset({" ", "  ", "\t"})
_AFTER_INITIAL = frozenset({".", ". ", " ", ".-", ".–"})
_AFTER_TITLE = frozenset({" ", ".", ". ", "  ", "., ", ".-", ".  "})


def is_title(listed: Sequence[Token], index: int) -> bool:
    """Return whether the word is a title before another word."""
    lower = listed[index].lower
    if index + 1 == len(listed):
        return False
    if lower in cues.KIN:
        return listed[index + 1].gap == " " and listed[index + 1].capital
    if lower not in cues.TITLES:
        return False
    return titles(listed[index], listed[index + 1].gap) and not (
        len(listed[index].word) == 1 and listed[index].capital
    )


def titles(title: Token, gap: str) -> bool:
    """Return whether the word is a title of what stands behind the gap."""
    if title.lower in cues.ONLY_CAPITAL and not title.capital:
        return False
    return gap in _AFTER_TITLE and ("." not in gap or title.lower in cues.ABBREVIATED)


def run_end(listed: Sequence[Token], first: int) -> int:
    """Index after the last of the words with capitals that stand together, particles such as `von` among
    them."""
    index = first + 1
    while index < len(listed):
        token, before = listed[index], listed[index - 1]
        if token.gap not in _JOINING and not (token.gap in _AFTER_INITIAL and len(before.word) == 1):
            break
        if not token.capital:
            after = listed[index + 1] if index + 1 < len(listed) else None
            if token.lower not in cues.PARTICLES or after is None or not after.capital or after.gap != " ":
                break
        elif (token.lower in cues.TITLES or token.lower in cues.KIN) and is_title(listed, index):
            break
        index += 1
    return index

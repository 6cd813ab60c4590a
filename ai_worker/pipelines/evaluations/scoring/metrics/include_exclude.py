"""`include_exclude`: everything asked for occurs in the text, nothing forbidden does."""

from collections.abc import Sequence
from typing import Any

import regex

from ai_worker.pipelines.evaluations.scoring.reading.texts import fold
from ai_worker.pipelines.evaluations.scoring.registry import scorer
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.targets import as_text
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict, Verdict

_SPACED = regex.compile(
    r"(?V1)[[\p{L}\p{M}\p{N}_]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]]"
)
"""Characters of words that white space or punctuation parts. The other scripts set no space between words, or
(Korean) hang particles on them, so any place within them may be a word's end."""


@scorer("include_exclude")
def include_exclude(scored: Scored) -> Verdict:
    """`correct` where every item of `include_list` occurs in the text and no item of `exclude_list` does.

    Both sides are folded (`texts.fold`): case, width and line breaks do not count. An item occurs as whole
    words: кот is not in котлета, and not in кота either; an inflected form is an item of its own.
    """
    wanted, forbidden = _needles(scored.include_list), _needles(scored.exclude_list)
    if not wanted and not forbidden:
        raise NoVerdict(Kind.UNSCORABLE, "the entry has neither include_list nor exclude_list")
    text = fold(scored.text or "")
    missing = [needle for needle in wanted if not occurs(needle, text)]
    present = [needle for needle in forbidden if occurs(needle, text)]
    reasons = [
        f"{label}: {', '.join(found)}"
        for label, found in (("missing", missing), ("forbidden", present))
        if found
    ]
    return Verdict.right_or_wrong(not reasons, detail="; ".join(reasons))


def occurs(needle: str, text: str) -> bool:
    """Return whether a text holds a needle as whole words.

    Args:
        needle: folded and not empty.
        text: folded.
    """
    start = text.find(needle)
    while start >= 0:
        end = start + len(needle)
        if not _within_word(text[start - 1 : start], needle[0]) and not _within_word(
            needle[-1], text[end : end + 1]
        ):
            return True
        start = text.find(needle, start + 1)
    return False


def _within_word(left: str, right: str) -> bool:
    return bool(_SPACED.match(left) and _SPACED.match(right))


def _needles(items: Sequence[Any]) -> list[str]:
    folded = (fold(as_text(item)) for item in items if item is not None and item == item)
    return [needle for needle in folded if needle]

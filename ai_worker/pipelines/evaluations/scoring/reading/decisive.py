"""The verdict that a text amounts to, where it holds several words that each would be one.

The last decisive word counts, negation is seen, and where one clause holds both words there is no verdict. A
word that stands alone ("Refused. The model answered that …"), or in capitals where others are not, is the
verdict; the rest is its reasons.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import regex

from ai_worker.pipelines.evaluations.scoring.reading.negation import is_negated

_CLAUSES = regex.compile(
    r"(?i)[.!?;:\n。！？；：→⇒]+"
    r"|\b(?:but|however|yet|though|rather|instead|но|однако|зато|ale|lecz|jednak|natomiast|aber|jedoch|sondern|mais|cependant"
    r"|pero|sino|sin embargo)\b|但是?|而是"
)
_ALONE = regex.compile(
    r"""(?xi)[\s*_`"'«»“”„()\[\]#<>/|\-–—,]*+
    (?:(?:so|thus|therefore|итак|więc|also|donc|entonces)\s*+,?\s*+)?+
    (?:(?:the|my|final|its|мой|moja|mein|mon|mi)\s++)*+
    (?:(?:verdict|answer|label|decision|judge?ment|classification|response|result|вердикт|ответ|оценка|werdykt|odpowiedź|ocena
    |urteil|antwort|bewertung|réponse|veredicto|respuesta|判断|答案|结论)\s*+(?:is|ist|est|es|to|was|是)?[\s*_`"'«“„(\[\-–—=]*+)?+"""
)
_LONGEST_CLAUSE = 200
_REST = regex.compile(r"""(?i)[\s*_`"'«»“”„()\[\]#<>/|\-–—,]*+""")


class Mention(NamedTuple):
    """A word of a verdict in a text.

    Args:
        begin, end: its place.
        label: which verdict it means, by itself.
    """

    begin: int
    end: int
    label: str


class Undecided(Exception):
    """The words of a text do not amount to one verdict; the message says why."""


class _Said(NamedTuple):
    clause: int
    label: str
    strong: bool


def decide(text: str, mentions: Sequence[Mention], opposite: Callable[[str], str | None]) -> str:
    """The verdict of a text.

    Args:
        mentions: the decisive words, in their order, at least one.
        opposite: what a label means where it is negated; None where that is not known.

    Raises:
        Undecided: two verdicts in one clause, or a negated one without an opposite.
    """
    said = list(_said(text, mentions, opposite))
    counting = [one for one in said if one.strong] or said
    last = counting[-1].clause
    labels = {one.label for one in counting if one.clause == last}
    if len(labels) != 1:
        raise Undecided(f"one clause says both {' and '.join(sorted(labels))}")
    [label] = labels
    if not label:
        raise Undecided("the word is negated, and its opposite is not known")
    return label


def clause_before(text: str, place: int) -> str:
    """The text between the beginning of a clause and a place in it."""
    near = text[max(0, place - _LONGEST_CLAUSE) : place]
    ends = [found.end() for found in _CLAUSES.finditer(near)]
    return near[ends[-1] :] if ends else near


def _said(text: str, mentions: Sequence[Mention], opposite: Callable[[str], str | None]) -> Iterator[_Said]:
    ends = [0, *(found.end() for found in _CLAUSES.finditer(text))]
    begins = [*(found.start() for found in _CLAUSES.finditer(text)), len(text)]
    capitals = _in_capitals(text, mentions)
    clause = 0
    for mention in mentions:
        while clause + 1 < len(ends) and ends[clause + 1] <= mention.begin:
            clause += 1
        before = text[ends[clause] : mention.begin]
        negated = is_negated(before, text[mention.end : mention.end + 60])
        label = (opposite(mention.label) or "") if negated else mention.label
        alone = (
            _ALONE.fullmatch(before) is not None
            and _REST.fullmatch(text[mention.end : max(mention.end, begins[clause])]) is not None
        )
        yield _Said(clause, label, alone or text[mention.begin : mention.end] in capitals)


def _in_capitals(text: str, mentions: Sequence[Mention]) -> set[str]:
    words = {text[mention.begin : mention.end] for mention in mentions}
    upper = {word for word in words if len(word) > 1 and word.isupper()}
    return upper if upper != words else set()

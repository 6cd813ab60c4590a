"""The placeholders in which markup travels: `⟪A⟫`, or `⟪B:link⟫` with a word that says what stands there.

Letters count, and not digits: a number beside digits might be taken for a part of personal data, and hidden
with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from ai_worker.pipelines.corrections.protection.spans import Role, Span

EXACT = regex.compile(r"⟪\s*([A-Z]{1,5})\s*(?::[^⟪⟫\n]{0,40})?⟫")
_OPENING, _CLOSING = (
    r"(?:⟪|《|«|‹‹|\[\[|<<|\(\(|&lt;&lt;|\\?\[|<|\{|\()",
    r"(?:⟫|》|»|››|\]\]|>>|\)\)|&gt;&gt;|\\?\]|>|\}|\))",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of markup and the letters that stand for it.

    Args:
        letters: what the model must give back.
        original: what stands in the text.
        role: what an answer may do with it.
        hint: what the model reads beside the letters.
    """

    letters: str
    original: str
    role: Role
    hint: str

    @property
    def shown(self) -> str:
        """The placeholder."""
        return f"⟪{self.letters}:{self.hint}⟫" if self.hint else f"⟪{self.letters}⟫"

    def misspelt(self) -> regex.Pattern[str]:
        """The placeholder with other brackets, as some models write it; only with its hint, else any `[A]`
        would be one.
        """
        bare = rf"(?:《|«|\[\[|<<|&lt;&lt;)\s*{self.letters}\s*(?:》|»|\]\]|>>|&gt;&gt;)"
        if not self.hint:
            return regex.compile(rf"(?i){bare}")
        return regex.compile(
            rf"(?i){_OPENING}\s*{self.letters}\s*:\s*{regex.escape(self.hint)}\s*{_CLOSING}|{bare}"
        )


def marks(text: str, spans: Sequence[Span]) -> list[Mark]:
    """A mark for every span."""
    names = _letters()
    return [Mark(next(names), text[span.start : span.end], span.role, _readable(span.hint)) for span in spans]


def replaced(text: str, spans: Sequence[Span], found: Sequence[Mark]) -> str:
    """The text with its spans behind placeholders."""
    pieces: list[str] = []
    position = 0
    for span, mark in zip(spans, found, strict=True):
        pieces += text[position : span.start], mark.shown
        position = span.end
    return "".join([*pieces, text[position:]])


def lost_marks(sent: str, answer: str) -> set[str]:
    """The letters of the placeholders that a text has and its answer has not."""
    return {found[1] for found in EXACT.finditer(sent)} - {found[1] for found in EXACT.finditer(answer)}


def _readable(hint: str) -> str:
    return hint if regex.fullmatch(r"/?[A-Za-z]{1,16}", hint) else ""


def _letters() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        letters, rest = "", number
        while rest:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("A") + letter) + letters
        yield letters

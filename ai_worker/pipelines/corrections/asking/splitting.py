"""Texts over a model's limit, cut where the least is lost, so that the joined parts are the text again to the
last character.
"""

from collections.abc import Iterator
from itertools import pairwise

import regex

BYTES_PER_TOKEN = 4
"""As in `ai_worker.llm.tokens.estimate`: added up in bytes, since rounding each word up to whole tokens would
waste most of a part.
"""

# Each pattern ends where a text may be cut. They start only where a run starts and never backtrack: linear on
# any text.
_LEVELS = tuple(
    regex.compile(pattern, regex.DOTALL)
    for pattern in (
        r"(?:\r?\n[ \t]*+){2,}+",  # paragraphs
        r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+\s++|[。！？]++|\r?\n",  # sentences, lines
        r"\s++",  # words
        r"⟦[^⟦⟧\s]{1,40}+⟧|⟪[^⟪⟫\s]{1,40}+⟫|\X",  # graphemes, and placeholders
        r".",
    )
)


def split(text: str, most_tokens: int) -> list[str]:
    """The text in parts of at most `most_tokens` tokens each, by `estimate`, as few as filling them in order
    gives.

    Cuts fall at paragraph ends where that is possible, else at the ends of sentences or lines, of words, of
    graphemes. The empty text is one part.

    Raises:
        ValueError: `most_tokens` is below 1.
    """
    if most_tokens < 1:
        raise ValueError("a part holds at least one token")
    room = most_tokens * BYTES_PER_TOKEN
    parts: list[str] = []
    part: list[str] = []
    held = 0
    for piece in _pieces(text, room, 0):
        size = _size(piece)
        if part and held + size > room:
            parts.append("".join(part))
            part, held = [], 0
        part.append(piece)
        held += size
    return [*parts, "".join(part)]


def _pieces(text: str, room: int, level: int) -> Iterator[str]:
    """The text in pieces that fit, each as large as the first level of cuts at which it fits leaves it."""
    if _size(text) <= room:
        yield text
        return
    ends = [found.end() for found in _LEVELS[level].finditer(text)]
    for start, end in pairwise(dict.fromkeys([0, *ends, len(text)])):
        yield from _pieces(text[start:end], room, level + 1)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))

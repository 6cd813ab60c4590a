"""Words of a text with what stands between them."""

import re
from functools import lru_cache
from typing import NamedTuple

_LETTERS = r"[^\W\d_\u4e00-\u9fff]"
_WORD = re.compile(
    rf"{_LETTERS}+(?:['’ʼ](?:{_LETTERS}{{2,}}|[яєюї]))?(?:-{_LETTERS}+(?:['’ʼ]{_LETTERS}+)?)*|[\u4e00-\u9fff]+"
)
"""Chinese characters are words of their own beside other letters."""
_SENTENCE = re.compile(r"[.!?…:;•\"„“«»()\[\]|>*\n\t]|—|–|\s-\s")


class Token(NamedTuple):
    """A word.

    Args:
        start: index of its first character; end: after its last.
        word: as written; lower: in small letters.
        gap: what stands between it and the word before; at the text's start a line break.
        capital: whether it begins with a capital letter.
        opens: whether it stands at the start of a sentence, a line, or a field.
    """

    start: int
    end: int
    word: str
    lower: str
    gap: str
    capital: bool
    opens: bool


@lru_cache(maxsize=2048)
def _opens(gap: str) -> bool:
    return _SENTENCE.search(gap) is not None


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    found: list[Token] = []
    position = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        word = text[start:end]
        gap = text[position:start] if position else "\n" + text[:start]
        # Every word of every text comes by here, and a named tuple's own constructor costs twice this.
        found.append(Token._make((start, end, word, word.lower(), gap, word[0].isupper(), _opens(gap))))
        position = end
    return found

"""Signs of a pattern: pieces of text, one of which stands in whatever the pattern finds.

A pattern of many words in seven languages is tried at every character, and most texts hold none of the
words. To look for the words first costs a tenth of it.
"""

import re
from functools import lru_cache

_SAME = str.maketrans("İıſᲀᲁᲂᲃᲄᲅᲆᲇ", "iisвдосттъѣ")
"""Letters that a pattern without case takes for others, and that `lower` leaves as they are."""
_ODD_CASE = re.compile("[İıſᲀ-ᲇ]")


class Signs:
    """The signs of one or more patterns.

    Args:
        pieces: in small letters, between blanks.
    """

    def __init__(self, pieces: str) -> None:
        self._pieces = tuple(pieces.split())
        self._ascii = tuple(filter(str.isascii, self._pieces))

    def within(self, text: str) -> bool:
        """Return whether one of them stands in the text, in small letters or capitals."""
        lowered = _lowered(text)
        return any(map(lowered.__contains__, self._ascii if lowered.isascii() else self._pieces))

    def number_within(self, text: str) -> int:
        """The number of them that stand in the text."""
        lowered = _lowered(text)
        return sum(map(lowered.__contains__, self._ascii if lowered.isascii() else self._pieces))


@lru_cache(maxsize=4)
def _lowered(text: str) -> str:
    if not text.isascii() and _ODD_CASE.search(text):
        text = text.translate(_SAME)
    return text.lower()


def digits_in(text: str) -> int:
    """The number of the digits 0 to 9 in the text."""
    return sum(map(text.count, "0123456789"))

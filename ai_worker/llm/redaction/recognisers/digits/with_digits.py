"""Recognisers that have nothing to look for in a text without digits."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.recognisers.words.simplified import simplified
from ai_worker.llm.redaction.spans import Recogniser, Span

_HAN = re.compile(r"[\u4e00-\u9fff]")


class Simplified:
    """Shows its recognisers traditional characters as simplified ones, which their labels are written in."""

    def __init__(self, *recognisers: Recogniser) -> None:
        self._recognisers = recognisers

    def find(self, text: str) -> Iterator[Span]:
        """The spans that its recognisers find."""
        plain = simplified(text) if _HAN.search(text) else text
        for recogniser in self._recognisers:
            yield from recogniser.find(plain)


class WithDigits(Simplified):
    """Asks its recognisers only about texts that hold at least one of the digits 0 to 9, which most texts
    do not."""

    def find(self, text: str) -> Iterator[Span]:
        """The spans that its recognisers find."""
        if any(digit in text for digit in "0123456789"):
            yield from super().find(text)

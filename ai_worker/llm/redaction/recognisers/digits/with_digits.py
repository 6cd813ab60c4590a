"""Recognisers that have nothing to look for in a text without digits."""

from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Recogniser, Span


class WithDigits:
    """Asks its recognisers only about texts that hold at least one of the digits 0 to 9, which most texts
    do not."""

    def __init__(self, *recognisers: Recogniser) -> None:
        self._recognisers = recognisers

    def find(self, text: str) -> Iterator[Span]:
        """The spans that its recognisers find."""
        if any(digit in text for digit in "0123456789"):
            for recogniser in self._recognisers:
                yield from recogniser.find(text)

"""Telephone numbers of a village or an office, too short to be known without their label, and extensions."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_SHORT = re.compile(
    r"[0-9](?<![\w.,/-][0-9])(?:-[0-9]{2}-[0-9]{2}|[0-9]{2,4}-[0-9]{2,3})(?![\w-]|[.,:/][0-9])"
)
_LABEL = re.compile(
    r"(?<!\w)(?:тел\w*|т|дом\w*|раб\w*|tel\w*|fon|nummer\svon\s\w+|durchwahl|apparat|номер)\.?\s?[:：]?\s?\Z",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"[0-9](?P<extension>[,;]?\s?\(?(?:доб|вн|внутр\w*|ext|extn|extension|wew\w*|dw|durchwahl|apparat"
    r"|app|linka|klapka|kl|分机)"
    r"\.?\s?[:：-]?\s?(?:nr\.?\s|номер\s|№\s?)?[0-9]{1,5})(?!\w|[.,:/-][0-9])",
    re.IGNORECASE,
)
_LONG_ENOUGH = re.compile(r"[0-9](?:[^\w\n]{0,3}[0-9]){5}\Z")
_LONGEST = 24


class ShortPhones:
    """Finds `тел. 5-12-34`, and what stands behind a longer number, as `доб. 215`."""

    def find(self, text: str) -> Iterator[Span]:
        """Every such number in the text."""
        for match in _SHORT.finditer(text):
            if _LABEL.search(text, max(0, match.start() - _LONGEST), match.start()):
                yield Span(*match.span(), "PHONE")
        for match in _EXTENSION.finditer(text):
            if _LONG_ENOUGH.search(text, max(0, match.start() - _LONGEST), match.start() + 1):
                yield Span(*match.span("extension"), "PHONE")

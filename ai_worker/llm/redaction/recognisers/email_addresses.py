"""E-mail addresses, international ones too."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_LOCAL = re.compile(r"[\w.+\-%'’&!#$^~\u0300-\u036f]*")
"""What RFC 5322 and RFC 6531 allow before the @ of an address, less what embraces addresses in markup and templates: * ` / = ? { | }."""
_OPENING = "*`'’_~.&!#$^-%+"
"""Signs that open emphasis or a quotation around an address rather than begin one."""
_DOMAIN = re.compile(r"(?:[\w\u0300-\u036f-]++\.)+(?:xn--[\w-]+|[^\W\d_]{2,})|\[[0-9A-Fa-f:.]{2,45}\]", re.IGNORECASE)


class EmailAddresses:
    """Finds `name@host.domain`, from sign to sign around every @: each character is looked at once, however long the text."""

    def find(self, text: str) -> Iterator[Span]:
        """Every address in the text."""
        done = 0
        at = text.find("@")
        while at >= 0:
            start = self._start(text, done, at)
            domain = _DOMAIN.match(text, at + 1)
            if domain is not None and start < at:
                done = domain.end()
                yield Span(start, done, "EMAIL")
            else:
                done = at + 1
            at = text.find("@", done)

    @staticmethod
    def _start(text: str, done: int, at: int) -> int:
        """Where the part before the @ begins; `at` itself where there is none."""
        if text.endswith('"', done, at):
            quote = text.rfind('"', done, at - 1)
            return quote if quote >= 0 else at
        local = _LOCAL.match(text[done:at][::-1])
        assert local is not None  # noqa: S101 - the pattern also matches nothing
        written = local.group()[::-1]
        return at - len(written.lstrip(_OPENING))

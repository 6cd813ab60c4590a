"""E-mail addresses, international ones too."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_LOCAL = re.compile(r"[\w.+\-%'’&!#$^~\u0300-\u036f]*")
"""The characters that RFC 5322 and RFC 6531 allow before the @ of an address, less what embraces addresses in
markup and
templates: * ` / = ? { | }."""
_OPENING = "*`'’_~.&!#$^-%+"
"""Signs that open emphasis or a quotation around an address rather than begin one."""
_DOMAIN = re.compile(
    r"(?:[\w\u0300-\u036f-]++\.)+(?:xn--[\w-]+|[^\W\d_]{2,})|\[[0-9A-Fa-f:.]{2,45}\]", re.IGNORECASE
)
_AT = r"(?:at|ät|małpa|malpa|собака|собачка|zavináč|zavinac|равлик|@|klammeraffe)"
_SPELT = re.compile(
    rf"(?<![\w.])[\w+-]{{1,40}}(?:[.][\w+-]{{1,40}}"
    rf"|\sdot\s\w{{1,40}}){{0,4}}\s?[(\[{{]\s?{_AT}\s?[)\]}}]\s?[\w-]{{1,60}}(?:(?:\.|\s?[(\[]?(?:dot|kropka"
    rf"|punkt|tečka|точка|крапка)[)\]]?\s?)[\w-]{{1,30}}){{1,3}}"
    r"|(?<![\w.])[\w+-]{2,40}(?:(?:\."
    r"|\sdot\s)[\w+-]{1,40}){0,4}\sat\s[\w-]{2,60}(?:\sdot\s[\w-]{2,30}){0,2}\sdot\s(?:com|org|net|edu"
    r"|info|io|eu|co|uk|pl|de|at|ch|ru|ua|cz|sk|cn)(?!\w)"
    r"|(?<![\w.])[\w.+-]{3,40}\s@\s?[\w-]{2,60}(?:\.[\w-]{2,30}){1,3}(?!\w)"
    r"|(?<![\w.])[\w.+-]{3,40}@\s[\w-]{2,60}\.[a-z]{2,6}(?![\w.])",
    re.IGNORECASE,
)
"""`anna (at) firma.pl`, `anna dot nowak at firma dot pl`, `anna @ firma.pl`."""
_SPELT_SIGNS = re.compile(r"[(\[{]\s?(?:at|ät|m|с|z|р|@|k)|\sat\s|\s@|@\s", re.IGNORECASE)


class EmailAddresses:
    """Finds `name@host.domain`, from sign to sign around every @, and addresses whose @ is spelt out.

    Each character is looked at once, however long the text.
    """

    reads_markup = True
    """Addresses stand in `mailto:` links, too."""

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
        if _SPELT_SIGNS.search(text):
            for match in _SPELT.finditer(text):
                yield Span(*match.span(), "EMAIL")

    @staticmethod
    def _start(text: str, done: int, at: int) -> int:
        """The beginning of the part before the @; `at` itself where there is none."""
        if text.endswith('"', done, at):
            quote = text.rfind('"', done, at - 1)
            return quote if quote >= 0 else at
        local = _LOCAL.match(text[done:at][::-1])
        assert local is not None  # noqa: S101 - the pattern also matches nothing
        written = local.group()[::-1]
        return at - len(written.lstrip(_OPENING))

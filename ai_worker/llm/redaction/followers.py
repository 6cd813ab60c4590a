"""Personal data that follows a name: a date in brackets after a name is a date of birth, and so is one of the
last century behind a comma or in the next column."""

import re
from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.recognisers.dates.written import DATE
from ai_worker.llm.redaction.spans import Span

_BEHIND = re.compile(
    rf"\s?,?\s?\((?P<date>{DATE})(?:\s?(?:r\.|г\.|р\.|года|року))?\s?\)"
    rf"|\s?(?:,|;|\||\t|，|\n(?=[^\n]{{8,20}}\s?\|))\s?(?P<listed>(?=[^\n]{{0,16}}?(?:19[1-9][0-9]|200[0-9]|201[0-2])(?![0-9]))(?:{DATE}))"
    r"(?:\s?(?:r\.|г\.|р\.|года|року)(?!\w))?(?!\s?[-–—†])",
    re.IGNORECASE,
)


def followers(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Dates of birth behind the names of a text."""
    for span in spans:
        if span.kind == "NAME":
            match = _BEHIND.match(text, span.end)
            if match is not None:
                yield Span(*match.span("date" if match["date"] else "listed"), "BIRTH")

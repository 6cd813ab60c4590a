"""Personal data that follows a name: a date in brackets after a name is a date of birth."""

import re
from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.recognisers.people.birth_dates import DATE
from ai_worker.llm.redaction.spans import Span

_BEHIND = re.compile(rf"\s?,?\s?\((?P<date>{DATE})(?:\s?(?:r\.|г\.|р\.|года|року))?\s?\)", re.IGNORECASE)


def followers(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Dates of birth behind the names of a text."""
    for span in spans:
        if span.kind == "NAME":
            match = _BEHIND.match(text, span.end)
            if match is not None:
                yield Span(*match.span("date"), "BIRTH")

"""Personal data that follows a name: a date in brackets after a name is a date of birth, and so is one of the
last century behind a comma or in the next column; a village and a number there are a home."""

import re
from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.language import Language, language_of
from ai_worker.llm.redaction.recognisers.dates.written import DATE
from ai_worker.llm.redaction.recognisers.places.towns import is_town
from ai_worker.llm.redaction.spans import Span

_BEHIND = re.compile(
    rf"\s?,?\s?\((?P<date>{DATE})(?:\s?(?:r\.|г\.|р\.|года|року))?\s?\)"
    rf"|\s?(?:,|;|\||\t|，|\n(?=[^\n]{{8,20}}\s?\|))\s?(?P<listed>(?=[^\n]{{0,16}}?(?:19[1-9][0-9]"
    rf"|200[0-9]|201[0-2])(?![0-9]))(?:{DATE}))"
    r"(?:\s?(?:r\.|г\.|р\.|года|року)(?!\w))?(?!\s?[-–—†])",
    re.IGNORECASE,
)


_HOME = re.compile(
    r"(?:,\s|\n)(?P<home>[A-ZČĎŁŇŘŠŚŤŽŹŻÁÉÍÓÚÖÄÜ][\w-]{2,}(?:\s(?:nad\s|pod\s|u\s"
    r"|na\s)?[A-ZČĎŁŇŘŠŚŤŽŹŻÁÉÍÓÚÖÄÜ][\w-]+){0,2}"
    r"\s(?:č\.\s?p\.\s)?[0-9]{1,3}[a-d]?)(?:,\s(?P<code>[0-9]{3}\s[0-9]{2}"
    r"|[0-9]{4,5})(?:\s[A-Z]\w+)?)?(?=[,.;)\n]|\Z)"
)
"""A village with the number of a house, where the person lives."""
_MOST_DISTRICTS = 25
"""Of a town: Praha 5 is no house."""
_WITH_VILLAGES: frozenset[Language] = frozenset({"cs", "pl"})


def _is_district(home: str) -> bool:
    town, _, number = home.rpartition(" ")
    return is_town(town) and number.isdigit() and int(number) <= _MOST_DISTRICTS


def followers(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Dates of birth and homes behind the names of a text."""
    with_villages = language_of(text) in _WITH_VILLAGES
    for span in spans:
        if span.kind == "NAME":
            match = _BEHIND.match(text, span.end)
            if match is not None:
                yield Span(*match.span("date" if match["date"] else "listed"), "BIRTH")
            home = _HOME.match(text, span.end) if with_villages else None
            if home is not None and not _is_district(home["home"]):
                yield Span(home.start("home"), home.end(), "ADDRESS")

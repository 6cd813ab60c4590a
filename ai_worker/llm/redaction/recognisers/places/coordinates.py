"""Coordinates of a place, with at least three decimals or in degrees and minutes, beside a word or sign
that says so."""

import re
from collections.abc import Iterator

from ai_worker.llm.redaction.spans import Span

_PAIR = re.compile(
    r"(?<![0-9A-Za-z.,])[-+]?[0-9]{1,2}[.,][0-9]{3,8}\s?°?\s?[NSСЮ]?[,;\s]{1,2}\s?[-+]?[0-9]{1,3}[.,][0-9]{3,8}(?:\s?°?\s?[EWВЗ]\b)?(?!\w|\.[0-9])"
    r"|[0-9]{1,2}\s?°\s?[0-9]{1,2}\s?['′’]\s?(?:[0-9]{1,2}"
    r"(?:\.[0-9]+)?\s?[\"″”])?\s?[NSСЮ][,;\s]{1,2}\s?[0-9]{1,3}\s?°\s?[0-9]{1,2}\s?['′’]\s?(?:[0-9]{1,2}"
    r"(?:\.[0-9]+)?\s?[\"″”])?\s?[EWВЗ]"
)
_HOME = re.compile(
    r"(?:dom\w*|działk\w*|lokalizacj\w*|mieszk\w*|home|house|live|cabin|gate|haus\w*|wohn\w*|ferien\w*|hütte"
    r"|chat\w*|chalup\w*|dům|bydl\w*|дач\w*|дом\w*|живу|хат\w*|будин\w*|房|家)"
    r"[^\n]{0,30}\Z",
    re.IGNORECASE,
)


class Coordinates:
    """Finds latitude and longitude near a word such as home, house or дача, or in degrees."""

    def find(self, text: str) -> Iterator[Span]:
        """Every pair in the text."""
        for match in _PAIR.finditer(text):
            if "°" in match.group() or _HOME.search(text, max(0, match.start() - 45), match.start()):
                yield Span(*match.span(), "PLACE")

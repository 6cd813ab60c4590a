"""Bank accounts: IBAN of every country, and those that are written without a country."""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import iban, numdb

from ai_worker.llm.redaction.spans import Span

_CHECK_DIGITS = re.compile(r"[0-9]{2}(?:(?<=[A-Za-z]{2}[0-9]{2})|(?<=[A-Za-z]{2}[ \u00a0-][0-9]{2}))")
"""Looked for from the digits on: most letters are followed by none."""
_BODY = re.compile(r"(?:[ \u00a0\u202f-]?[A-Za-z0-9]){0,32}")
_PART_OF_BBAN = re.compile(r"([0-9]+)!?[nac]")
_BANK = 4
_POLISH_DIGITS = 26
_ALL_DIGITS = frozenset(
    {"PL", "CZ", "SK", "DE", "AT", "CH", "UA", "HU", "ES", "PT", "BE", "DK", "NO", "FI", "SE", "LT", "EE"}
)
"""Countries whose accounts hold digits alone: one of the right length is hidden, mistyped or not."""
_IN_FOURS = re.compile(r"[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?")
_RUSSIAN = re.compile(r"(?:408(?:17|20|02)|423[0-9]{2}|426[0-9]{2})(?:810|643|840|978|156)[0-9]{12}")


class Ibans:
    """Finds IBANs in print and electronic form, by the country's length and the check digits (ISO 13616)."""

    def find(self, text: str) -> Iterator[Span]:
        """Every IBAN in the text."""
        for check_digits in _CHECK_DIGITS.finditer(text):
            start = check_digits.start() - (2 if text[check_digits.start() - 1].isalpha() else 3)
            if not text[max(0, start - 1) : start].isalnum():
                end = _end(text, start, check_digits.end())
                if end is not None:
                    yield Span(start, end, "IBAN")


def is_polish_account(digits: str) -> bool:
    """Return whether 26 digits are a Polish account number (NRB): an IBAN without its country."""
    return iban.is_valid(f"PL{digits}")


def has_26_digits(digits: str) -> bool:
    """Return whether there are as many as a Polish account has: in its grouping nothing else is written."""
    return len(digits) == _POLISH_DIGITS


def is_russian_account(digits: str) -> bool:
    """Return whether 20 digits are an account of a person: balance account 40817, 40820, 40802, 423xx or
    426xx, then a currency's code.
    """
    return _RUSSIAN.fullmatch(digits) is not None


def _end(text: str, start: int, after_head: int) -> int | None:
    """The end of the IBAN that starts here, if it is one."""
    length = _length(text[start : start + 2].upper())
    body = _BODY.match(text, after_head)
    characters = [
        place for place in range(start, body.end() if body else after_head) if text[place].isalnum()
    ]
    if length == 0 or len(characters) < length:
        return None
    end = characters[length - 1] + 1
    if text[end : end + 1].isalnum():
        return None
    written = "".join(text[place] for place in characters[:length])
    has_form = text[start:after_head].isupper() and written[_BANK:].isdigit() and written[:2] in _ALL_DIGITS
    has_form |= _IN_FOURS.fullmatch(text, start, end) is not None
    return end if has_form or iban.is_valid(written, check_country=False) else None


@cache
def _length(country: str) -> int:
    """Characters of an IBAN of the country; 0 where the country has none."""
    info = numdb.get("iban").info(country)[0][1]
    return 4 + sum(int(part) for part in _PART_OF_BBAN.findall(info["bban"])) if "bban" in info else 0

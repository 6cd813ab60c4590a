"""How a number is written: its groups, signs and letters, and which checks its digits pass."""

import datetime
import re
from typing import NamedTuple

from stdnum import ean, iban, isbn, luhn

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.digits.weighing.candidates import Candidate
from ai_worker.llm.redaction.recognisers.digits.weighing.number_words import shape_of_words

_PIECE = re.compile(r"[0-9]+|[A-ZÀ-ÖØ-ÞА-ЯІЇЄҐ]+|[a-zß-öø-ÿа-яіїєґ]+|[\u3400-\u9fff]+|.", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_CARDS = range(13, 20)
_LONG = 6
_PARTS_OF_DATE = re.compile(r"[0-9]+")
_BY_DAY = ((0, 2, 4), (4, 2, 0))
"""Where year, month and day stand in six digits."""


class Shape(NamedTuple):
    """The writing of a candidate.

    Args:
        exact: its groups with their lengths; loose: the same without lengths.
        form: as of the candidate; size: its number of digits in steps.
        digits, letters: how many it has.
        first, first_two: its first digits.
        facts: the checks that it passes, and what a date it is.
        words: its letters, where there are several together.
    """

    exact: str
    loose: str
    form: str
    size: str
    digits: int
    letters: int
    first: str
    first_two: str
    facts: tuple[str, ...]
    words: tuple[str, ...]


def shape_of(text: str, found: Candidate, language: Language) -> Shape:
    """The shape of a candidate."""
    written = text[found.start : found.end]
    if found.form == "words":
        loose, count = shape_of_words(written, language)
        return Shape(f"{loose}{count}", loose, found.form, _size(count), count, 0, "", "", (), ())
    exact: list[str] = []
    loose: list[str] = []
    letters = 0
    for piece in _PIECE.findall(written):
        sign = _sign(piece)
        exact.append(f"{sign}{min(len(piece), 20)}" if piece[0].isalnum() else sign)
        loose.append(sign)
        letters += len(piece) if piece[0].isalpha() else 0
    digits = _NOT_DIGITS.sub("", written)
    return Shape(
        "".join(exact),
        "".join(loose),
        _form(found, letters),
        _size(len(digits)),
        len(digits),
        letters,
        digits[:1],
        digits[:2],
        tuple(_dates(written, digits) if found.form == "date" else _checks(written, digits)),
        tuple(word.lower() for word in _LETTERS.findall(written)[:3]),
    )


def _sign(piece: str) -> str:
    if piece[0].isdigit():
        return "9"
    if piece[0].isalpha():
        return "A" if piece[0].isupper() else "a" if piece[0].islower() else "字"
    return "-" if piece in "–—‒−" else piece


def _form(found: Candidate, letters: int) -> str:
    """The form, where runs with letters are another than those without."""
    return "code" if found.form == "run" and letters else found.form


def _size(digits: int) -> str:
    for size, most in (("S", 4), ("M", 6), ("L", 8), ("X", 11)):
        if digits <= most:
            return size
    return "Y" if digits < _CARDS[0] else "Z"


def _checks(written: str, digits: str) -> list[str]:
    facts: list[str] = []
    if len(digits) in _CARDS and luhn.is_valid(digits):
        facts.append("luhn")
    if len(digits) == 13 and ean.is_valid(digits):
        facts.append("ean")
    if len(digits) in (10, 13) and isbn.is_valid(digits):
        facts.append("isbn")
    if len(digits) >= 15 and written[:2].isalpha() and iban.is_valid(written):
        facts.append("iban")
    if len(digits) >= _LONG:
        facts += _dates_within(digits)
    if len(digits) == 4 and digits[:2] in ("19", "20") and digits == written:
        facts.append(f"year{digits[:3]}")
    if digits[-3:] == "000" or digits[-2:] == "00":
        facts.append("round")
    if len(set(digits)) <= 2 or digits in "12345678901234567890":
        facts.append("plain")
    return facts


def _dates_within(digits: str) -> list[str]:
    """Dates of birth that national numbers hold."""
    facts = [
        f"d{order[0]}"
        for order in _BY_DAY
        if _is_day(int(digits[order[0] : order[0] + 2]), digits[2:4], digits[order[2] : order[2] + 2])
    ]
    if len(digits) >= 18 and digits[6:8] in ("19", "20") and _is_day(0, digits[10:12], digits[12:14]):
        facts.append("d18")
    if len(digits) == 8 and digits[:2] in ("19", "20") and _is_day(0, digits[4:6], digits[6:8]):
        facts.append("d8")
    return facts


def _is_day(_year: int, month: str, day: str) -> bool:
    return 1 <= int(month) % 50 % 20 <= 12 and 1 <= int(day) <= 31


def _dates(written: str, digits: str) -> list[str]:
    """The decade of a date, and whether there is such a day."""
    parts = [int(part) for part in _PARTS_OF_DATE.findall(written)]
    years = [part for part in parts if part > 31]
    if not years:
        return ["noyear" if digits else "han"]
    year = years[0]
    decade = f"y{year // 10}" if year > 99 else f"y'{year // 10}"
    facts = [decade, "old" if 1900 < year < 2006 or 31 < year < 100 else "new" if year > 2005 else "past"]
    if year > 2005:
        facts.append(f"y{year}" if year < 2030 else "future")
    others = [part for part in parts if part is not year]
    if len(others) == 2 and 1 <= min(others) <= 12 and max(others) <= 31:
        facts.append("day")
        try:
            datetime.date(2000, min(others), max(others))
        except ValueError:
            facts.append("noday")
    return facts

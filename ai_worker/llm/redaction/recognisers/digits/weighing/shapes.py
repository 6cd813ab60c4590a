"""The writing of a number: its groups, signs and letters, and which checks its digits pass."""

import re
from calendar import monthrange
from collections.abc import Iterator
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
_BAR_CODE, _BOOKS, _SHORTEST_IBAN = 13, (10, 13), 15
_YEAR, _WHOLE_DATE, _CHINESE_ID = 4, 8, 18
_CENTURIES = ("19", "20")
_LAST_MONTH, _LAST_DAY, _HUNDRED, _LEAP_YEAR = 12, 31, 100, 2000
_LONG_AGO, _YOUNG, _FUTURE = 1900, 2006, 2030
"""Years: who was born before the first is dead; a date from the second on is rather of something else."""
_FEW_DIGITS, _COUNTED = 2, "12345678901234567890"


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
        sort, count = shape_of_words(written, language)
        return Shape(f"{sort}{count}", sort, found.form, _size(count), count, 0, "", "", (), ())
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


def _checks(written: str, digits: str) -> Iterator[str]:
    if len(digits) in _CARDS and luhn.is_valid(digits):
        yield "luhn"
    if len(digits) == _BAR_CODE and ean.is_valid(digits):
        yield "ean"
    if len(digits) in _BOOKS and isbn.is_valid(digits):
        yield "isbn"
    if len(digits) >= _SHORTEST_IBAN and written[:2].isalpha() and iban.is_valid(written):
        yield "iban"
    if len(digits) >= _LONG:
        yield from _dates_within(digits)
    if len(digits) == _YEAR and digits.startswith(_CENTURIES) and digits == written:
        yield f"year{digits[:3]}"
    if digits.endswith("00"):
        yield "round"
    if len(set(digits)) <= _FEW_DIGITS or digits in _COUNTED:
        yield "plain"


def _dates_within(digits: str) -> Iterator[str]:
    """Dates of birth that national numbers hold."""
    for first in (0, 4):
        if _is_day(digits[2:4], digits[4 - first : 6 - first]):
            yield f"d{first}"
    if len(digits) >= _CHINESE_ID and digits[6:8] in _CENTURIES and _is_day(digits[10:12], digits[12:14]):
        yield "d18"
    if len(digits) == _WHOLE_DATE and digits.startswith(_CENTURIES) and _is_day(digits[4:6], digits[6:8]):
        yield "d8"


def _is_day(month: str, day: str) -> bool:
    """Return whether there is such a day; women and centuries add 20 or 50 to the month."""
    return 1 <= int(month) % 50 % 20 <= _LAST_MONTH and 1 <= int(day) <= _LAST_DAY


def _dates(written: str, digits: str) -> Iterator[str]:
    """The decade of a date, and whether there is such a day."""
    parts = [int(part) for part in _PARTS_OF_DATE.findall(written)]
    years = [part for part in parts if part > _LAST_DAY]
    if not years:
        yield "noyear" if digits else "han"
        return
    year = years[0]
    short = year < _HUNDRED
    yield f"y'{year // 10}" if short else f"y{year // 10}"
    if year >= _YOUNG:
        yield from ("new", f"y{year}" if year < _FUTURE else "future")
    else:
        yield "old" if short or year > _LONG_AGO else "past"
    others = [part for part in parts if part is not year]
    if len(others) == len(("day", "month")) and min(others) in range(1, _LAST_MONTH + 1):
        if max(others) <= _LAST_DAY:
            yield "day"
        if max(others) > monthrange(_LEAP_YEAR, min(others))[1] and max(others) > _LAST_MONTH:
            yield "noday"

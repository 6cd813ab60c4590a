"""Numbers as people and models write them, with every value that they may have.

1,234.5 and 1.234,5 and 1 234,5 are the same number. 1,234 is one number in English and another one in Russian
or German, so it has two possible values and none that is sure, unless the task tells which mark stands before
its decimals. 1.234 is taken with its full stop as a decimal point, as numbers are written in code and JSON;
it is not held against 1234 either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import factorial

import regex

from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.units import CURRENCIES, UNIT, scale_of

DIGITS = (
    r"(?P<digits>\d{1,3}(?:[ '_\u2009]\d{3})++(?:[.,]\d++)?+(?!\d)|\d++(?:[.,]\d++)*+|[.,]\d++)"
    r"(?P<exponent>e[-+]?\d{1,3}(?!\w))?+"
)
"""Its quantifiers give nothing back, so that a long run of digits costs no more than its length."""
_WHOLE = regex.compile(
    rf"[=≈]?(?P<currency>{CURRENCIES})?(?P<sign>[-+]?)(?P<bullet>- )?(?P<money>{CURRENCIES})?{DIGITS}"
    rf"(?P<after>!|{UNIT})?"
)
_THOUSANDS = regex.compile(r"\d{1,3}(?:[.,]\d{3})+")
_GROUPED = regex.compile(r"(?<=\d)\{,\}(?=\d{3}(?!\d))")
_SAMPLE = regex.compile(r"(?:\d++|\d{1,3}(?:(?P<group>[.,' \u00a0\u202f])\d{3})++)(?P<decimal>[.,])\d{1,2}")
_LANGUAGES = {",": "de es fr it nl pt pl ru uk cs tr id sv fi da nb", ".": "en zh ja ko he th hi"}
LARGEST_FACTORIAL = 20


class UnknownFormat(ValueError):
    """A `number_format` that names no way of writing numbers."""


@dataclass(frozen=True, slots=True)
class Number:
    """A written number.

    Args:
        sure: its value, where it can be read in one way, or one way is the usual one.
        possible: all values that it may have; empty where the text is no number.
        unit: `%` or a currency, such as `$`; empty without one.
    """

    sure: Decimal | None = None
    possible: frozenset[Decimal] = frozenset()
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.possible)

    def equals(self, other: "Number") -> bool | None:
        """Return whether both are the same number; None where that depends on how one of them is read."""
        if self.unit and other.unit and self.unit != other.unit:
            return False
        if self.sure is not None and self.sure == other.sure:
            return True
        return False if self.possible.isdisjoint(other.possible) else None


NO_NUMBER = Number()


def decimal_mark(number_format: str | None) -> str | None:
    """The mark before decimals of a task's `number_format`: a sample of 1234.5 as its numbers are written, or
    a language.

    Returns:
        `.` or `,`; None where the task says nothing.

    Raises:
        UnknownFormat: it is neither.
    """
    if not number_format:
        return None
    named = number_format.strip()
    sample = _SAMPLE.fullmatch(named)
    if sample is not None and sample["group"] != sample["decimal"]:
        return str(sample["decimal"])
    language = named.lower().replace("_", "-").split("-")[0]
    for mark, languages in _LANGUAGES.items():
        if language in languages.split():
            return mark
    raise UnknownFormat(
        f"number_format {named!r} is no sample such as 1,234.5 or 1.234,5 or 1 234,5, "
        "and no language such as en"
    )


def whole_number(text: str, mark: str | None = None) -> Number:
    """The number that a text is, with nothing around it but dress, its sign and its unit, such as
    `**$1,234.5**`.

    Args:
        mark: the one before decimals, `.` or `,`; None where it is not known.
    """
    found = _WHOLE.fullmatch(normalise(_GROUPED.sub("," if mark == "," else "\u2009", text)))
    if found is None or (found["currency"] and found["money"]):
        return NO_NUMBER
    values = values_of(found, mark)
    if not values:
        return NO_NUMBER
    unit = scale_of(found["after"] or "")
    currency = found["currency"] or found["money"]
    signed = [-value for value in values] if found["bullet"] else []
    factorials = _factorials(values) if found["after"] == "!" else []
    shares = [value / 100 for value in values] if unit.name == "%" else []
    sure = values[0] if usual(found["digits"], values) and not signed and found["after"] != "!" else None
    possible = frozenset([*values, *signed, *factorials, *shares])
    return Number(sure, possible, scale_of(currency).name if currency else unit.name)


def values_of(found: "regex.Match[str]", mark: str | None) -> list[Decimal]:
    """All values of digits with marks among them, the usual one first."""
    digits = regex.sub(r"[ '_\u2009]", "", found["digits"])
    tail = found["exponent"] or ""
    return [Decimal((found["sign"] or "") + plain + tail) for plain in _plain(digits, mark)]


def usual(digits: str, values: list[Decimal]) -> bool:
    """Return whether the first value is what the digits are taken for by themselves: the only one, or one
    with a decimal point.
    """
    return len(values) == 1 or ("." in digits and "," not in digits)


def _plain(digits: str, mark: str | None) -> Iterable[str]:
    """Digits with marks among them as digits with at most one decimal point, in every possible way."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        decimal, group = (".", ",") if digits.rfind(".") > digits.rfind(",") else (",", ".")
        whole, _, fraction = digits.rpartition(decimal)
        grouped = decimal not in whole and _THOUSANDS.fullmatch(whole)
        return [whole.replace(group, "") + "." + fraction] if grouped else []
    if points > 1 or commas > 1:
        return [digits.replace(".", "").replace(",", "")] if _THOUSANDS.fullmatch(digits) else []
    written = "," if commas else "."
    if (points or commas) and _THOUSANDS.fullmatch(digits) and not digits.startswith("0"):
        decimal_first = [digits.replace(",", "."), digits.replace(written, "")]
        if mark is not None:
            return decimal_first[:1] if mark == written else decimal_first[1:]
        return decimal_first
    return [digits.replace(",", ".")]


def _factorials(values: list[Decimal]) -> list[Decimal]:
    return [
        Decimal(factorial(int(value)))
        for value in values
        if value == int(value) and 0 <= value <= LARGEST_FACTORIAL
    ]

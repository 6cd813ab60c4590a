"""Numbers as people and models write them.

1,234.5 and 1.234,5 and 1 234,5 are the same number; 1,234 may be either of two, and so has two readings, for English groups
thousands by what Russian and German write before decimals.
"""

from decimal import Decimal

import regex

from ai_worker.pipelines.evaluations.scoring.texts import fold

_NUMBER = (
    r"(?<![\w.,])(?<!\p{L}-)(?P<sign>[-+]?)(?:\p{Sc} ?)?"
    r"(?P<digits>\d{1,3}(?:[ '_]\d{3})++(?:[.,]\d++)?+(?!\d)|\d++(?:[.,]\d++)*+|\.\d++)"
    r"(?P<exponent>e[-+]?\d{1,3}(?!\w))?+(?!\w*\d)"
)
"""Its quantifiers give nothing back, so that a long run of digits costs no more than its length."""
_ANYWHERE = regex.compile(_NUMBER)
_WHOLE = regex.compile(r"[^\w+\-.,\p{Sc}]*+" + _NUMBER + r"\W*+")
_THOUSANDS = regex.compile(r"\d{1,3}(?:[.,]\d{3})+")


def whole_number(text: str) -> tuple[Decimal, ...]:
    """The readings of a text that is one number and nothing else but marks and signs around it, such as `**$1,234.**`.

    Returns:
        One reading; two where a comma may part thousands or decimals; none where the text is no number.
    """
    found = _WHOLE.fullmatch(fold(text))
    return _readings(found) if found else ()


def only_number(text: str) -> tuple[Decimal, ...]:
    """The readings of the one number that a text holds, wherever it stands; none where it holds none, or several.

    Digits within a word, as in GPT4 or gpt-4, are no number; a unit may follow, as in 5km. A sign may stand before a
    currency, -$5.
    """
    found = list(_ANYWHERE.finditer(fold(text)))
    return _readings(found[0]) if len(found) == 1 else ()


def _readings(found: "regex.Match[str]") -> tuple[Decimal, ...]:
    digits = regex.sub(r"[ '_]", "", found["digits"])
    tail = found["sign"] + "{}" + (found["exponent"] or "")
    return tuple(Decimal(tail.replace("{}", plain)) for plain in _plain(digits))


def _plain(digits: str) -> tuple[str, ...]:
    """Digits with marks among them as digits with at most one decimal point, in every way they can be meant."""
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        decimal, group = (".", ",") if digits.rfind(".") > digits.rfind(",") else (",", ".")
        whole, _, fraction = digits.rpartition(decimal)
        grouped = decimal not in whole and _THOUSANDS.fullmatch(whole)
        return (whole.replace(group, "") + "." + fraction,) if grouped else ()
    if points > 1 or commas > 1:
        return (digits.replace(".", "").replace(",", ""),) if _THOUSANDS.fullmatch(digits) else ()
    if commas and _THOUSANDS.fullmatch(digits) and not digits.startswith("0"):
        return (digits.replace(",", ""), digits.replace(",", "."))
    return (digits.replace(",", "."),)

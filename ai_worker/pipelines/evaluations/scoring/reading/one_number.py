"""The one number that a text holds, wherever it stands, and nothing else that would change its value."""

from decimal import Decimal

import regex

from ai_worker.pipelines.evaluations.scoring.reading.dress import undress
from ai_worker.pipelines.evaluations.scoring.reading.numbers import (
    DIGITS,
    NO_NUMBER,
    Number,
    usual,
    values_of,
)
from ai_worker.pipelines.evaluations.scoring.reading.texts import fold
from ai_worker.pipelines.evaluations.scoring.reading.units import CURRENCIES, WORD, scale_of

_ANYWHERE = regex.compile(
    rf"(?<![\w.,])(?<!\p{{L}}-)(?:(?:{CURRENCIES}) ?)?(?P<sign>[-+]?)(?:(?:{CURRENCIES}) ?)?{DIGITS}(?!\w*\d)"
)
_NEGATED_OR_BOUNDED = regex.compile(
    r"(?:\b(?:not|не|nie|nicht|pas|isn't|aren't|wasn't|at (?:least|most)"
    r"|(?:more|less|fewer|greater|larger|smaller|higher|lower) than"
    r"|over|under|above|below|не (?:менее|более)|(?:более|менее|больше|меньше|свыше|до)(?: чем)?"
    r"|co najmniej|więcej niż|mniej niż"
    r"|mindestens|höchstens|mehr als|weniger als|au moins|au plus|plus de|moins de|más de|menos de"
    r"|al menos|como máximo)"
    r"|[√±∓<>≤≥≠!^*/×÷~+|\\¬]|\w\(|(?<!\p{L}\p{L} ?)-) ?\Z"
)
_OPERATED = regex.compile(
    r"\A(?! a \p{L}{2}) ?(?:[!*^×÷=<>≤≥√±|]|/(?! ?\p{L}{2})|\+|-(?! ?\p{L}{2})(?! ?\Z)|\p{L}(?!\p{L}))"
)
_ONE_LETTER_UNIT = regex.compile(r"\A ?[mgslhvwjcfгсчлвт°](?!\p{L})")
_CONTEXT = 60


def only_number(text: str, mark: str | None = None) -> Number:
    """The one number that a text holds, wherever it stands; none where it holds none, or several.

    Digits within a word, as in GPT4 or gpt-4, are no number; a unit may follow, as in 5km, and a scale
    counts, as in 5 million. What makes another value of it leaves no number: 5!, √5, 2π, x + 5, 5², "more
    than 5", "not 5".

    Args:
        mark: the one before decimals, `.` or `,`; None where it is not known.
    """
    plain = fold(undress(text.replace("{,}", "," if mark == "," else "")))
    found = list(_ANYWHERE.finditer(plain))
    if len(found) != 1:
        return NO_NUMBER
    [number] = found
    before, after = (
        plain[max(0, number.start() - _CONTEXT) : number.start()],
        plain[number.end() : number.end() + _CONTEXT],
    )
    unit = WORD.match(after)
    scale = scale_of(unit[1]).scale if unit is not None and not _ONE_LETTER_UNIT.match(after) else Decimal(1)
    rest = after[unit.end() :] if unit is not None else after
    bullet = before.strip() == "-" and not _NEGATED_OR_BOUNDED.search(before.replace("-", ""))
    if scale is None or (_NEGATED_OR_BOUNDED.search(before) and not bullet):
        return NO_NUMBER
    if _OPERATED.match(rest) and not _ONE_LETTER_UNIT.match(rest):
        return NO_NUMBER
    values = [value * scale for value in values_of(number, mark)]
    if bullet:
        return Number(None, frozenset([*values, *(-value for value in values)]))
    name = scale_of(unit[1]).name if unit is not None else ""
    return Number(values[0] if values and usual(number["digits"], values) else None, frozenset(values), name)

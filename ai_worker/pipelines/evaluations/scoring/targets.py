"""Comparison of an answer with the expected one."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128

from ai_worker.pipelines.evaluations.scoring.reading.comparing import FORMS, exact
from ai_worker.pipelines.evaluations.scoring.reading.letters import same_letter
from ai_worker.pipelines.evaluations.scoring.reading.numbers import (
    Number,
    UnknownFormat,
    decimal_mark,
    whole_number,
)
from ai_worker.pipelines.evaluations.scoring.reading.one_number import only_number
from ai_worker.pipelines.evaluations.scoring.scored import Scored
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict

SAME = Decimal("1e-9")
"""Share of a plain number by which an answer may differ from it: room for the rounding of binary floats, no
more.
"""


def expected(target: Any) -> list[Any]:
    """The target as a list of what will do, without the missing values of tables (None, NaN, blank cells).

    Raises:
        NoVerdict: `unscorable`, there is no target.
    """
    options = target if isinstance(target, list | tuple) else [target]
    present = [option for option in options if not _missing(option)]
    if not present:
        raise NoVerdict(Kind.UNSCORABLE, "the entry has no target")
    return present


def _missing(option: Any) -> bool:
    if isinstance(option, str):
        return not option.strip()
    return option is None or (isinstance(option, float) and math.isnan(option))


def as_text(option: Any) -> str:
    """One expected value as text: `true` for True, the value of a number with a tolerance."""
    if isinstance(option, bool):
        return str(option).lower()
    return str(option["value"]) if isinstance(option, Mapping) and "value" in option else str(option)


def hits(answer: str, scored: Scored) -> bool:
    """Return whether the answer is the target, or any of the targets of a list.

    A text is compared in the normal form that the task's `normalise` names, and where both are numbers and
    nothing else, as
    numbers: 1000.0 is 1000. A number is compared with the one number that the answer holds, exactly up to
        rounding;
    `{"value": 3.14, "tolerance": 0.01}` allows a difference of up to and including 0.01. The arithmetic is
    decimal, so 3.13 and 3.15 are both within.

    Raises:
        NoVerdict: `unscorable` where the target is missing or of no use; `unparsable` where a number can be
            read in two ways of which one is right, or where only numbers are expected and the answer holds
            none, or several.
    """
    options, comparing = expected(scored.target), _Comparing(scored)
    numbers = [
        (_number(option, comparing.mark), option) for option in options if not isinstance(option, str | bool)
    ]
    texts = [as_text(option) for option in options if isinstance(option, str | bool)]
    said = [comparing.texts(answer, text) for text in texts]
    if any(said):
        return True
    number = only_number(answer, comparing.mark) if numbers else Number()
    if numbers and not number and not texts:
        raise NoVerdict(Kind.UNPARSABLE, "a number is expected, and the answer does not hold exactly one")
    said += [_within(number, value, tolerance) for (value, tolerance), _ in numbers]
    if None in said and not any(said):
        raise NoVerdict(
            Kind.UNPARSABLE,
            "a number can be read in two ways: the task's number_format says in which, as 1,234.5",
        )
    return any(said)


class _Comparing:
    """Comparing by the rules that the task gives."""

    def __init__(self, scored: Scored) -> None:
        self.name = scored.normalise or "text"
        if self.name not in FORMS:
            raise NoVerdict(Kind.UNSCORABLE, f"normalise {self.name!r} is none of {', '.join(FORMS)}")
        try:
            self.mark = decimal_mark(scored.number_format)
        except UnknownFormat as fault:
            raise NoVerdict(Kind.UNSCORABLE, str(fault)) from None

    def texts(self, answer: str, text: str) -> bool | None:
        """Return whether two texts are the same; None where that depends on how a number is read."""
        form = FORMS[self.name]
        if exact(answer) == exact(text) or form(answer) == form(text):
            return True
        if self.name != "text":
            return False
        wanted = whole_number(text, self.mark)
        return wanted.equals(whole_number(answer, self.mark)) if wanted else same_letter(answer, text)


def _within(number: Number, value: Decimal, tolerance: Decimal) -> bool | None:
    if number.sure is not None and abs(number.sure - value) <= tolerance:
        return True
    return None if any(abs(possible - value) <= tolerance for possible in number.possible) else False


def _number(option: Any, mark: str | None) -> tuple[Decimal, Decimal]:
    """Value and allowed difference of one expected number."""
    given = option if isinstance(option, Mapping) else {"value": option}
    value, tolerance = _decimal(given.get("value"), mark), _decimal(given.get("tolerance", 0), mark)
    if value is None or tolerance is None or tolerance < 0:
        shown = ascii(option)[:200]
        raise NoVerdict(
            Kind.UNSCORABLE,
            f'target {shown} is no text, number, {{"value": …, "tolerance": …}} or list of these',
        )
    return value, max(tolerance, abs(value) * SAME) if "tolerance" not in given else tolerance


def _decimal(value: Any, mark: str | None) -> Decimal | None:
    if isinstance(value, str):
        return whole_number(value, mark).sure
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None

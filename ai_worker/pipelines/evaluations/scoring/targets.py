"""Whether an answer is the expected one."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bson.decimal128 import Decimal128

from ai_worker.pipelines.evaluations.scoring.numbers import only_number, whole_number
from ai_worker.pipelines.evaluations.scoring.texts import normalise
from ai_worker.pipelines.evaluations.scoring.verdict import Kind, NoVerdict

SAME = Decimal("1e-9")
"""Share of a plain number by which an answer may differ from it: room for the rounding of binary floats, no more."""


def expected(target: Any) -> list[Any]:
    """The target as a list of what will do, without the missing values of tables (None, NaN).

    Raises:
        NoVerdict: `unscorable`, there is no target.
    """
    options = target if isinstance(target, list | tuple) else [target]
    present = [option for option in options if option is not None and not (isinstance(option, float) and math.isnan(option))]
    if not present:
        raise NoVerdict(Kind.UNSCORABLE, "the entry has no target")
    return present


def as_text(option: Any) -> str:
    """One expected value as text: `true` for True, the value of a number with a tolerance."""
    if isinstance(option, bool):
        return str(option).lower()
    return str(option["value"]) if isinstance(option, Mapping) and "value" in option else str(option)


def hits(answer: str, target: Any) -> bool:
    """Whether the answer is the target, or any of the targets of a list.

    A text is compared normalised (`texts.normalise`), and where both are numbers and nothing else, as numbers: 1,000 is
    1000. A number is compared with the one number that the answer holds, exactly up to rounding; `{"value": 3.14,
    "tolerance": 0.01}` allows a difference of up to and including 0.01. The arithmetic is decimal, so 3.13 and 3.15 are
    both within.

    Raises:
        NoVerdict: `unscorable` where the target is missing or of no use; `unparsable` where only numbers are expected and
            the answer holds none, or several.
    """
    options = expected(target)
    numbers = [_number(option) for option in options if not isinstance(option, str | bool)]
    texts = [as_text(option) for option in options if isinstance(option, str | bool)]
    if any(_same_text(answer, text) for text in texts):
        return True
    readings = only_number(answer) if numbers else ()
    if not readings and not texts:
        raise NoVerdict(Kind.UNPARSABLE, "a number is expected, and the answer does not hold exactly one")
    return any(abs(reading - value) <= tolerance for reading in readings for value, tolerance in numbers)


def _same_text(answer: str, text: str) -> bool:
    if normalise(answer) == normalise(text):
        return True
    wanted = whole_number(text)
    return bool(wanted) and not set(wanted).isdisjoint(whole_number(answer))


def _number(option: Any) -> tuple[Decimal, Decimal]:
    """Value and allowed difference of one expected number."""
    given = option if isinstance(option, Mapping) else {"value": option}
    value, tolerance = _decimal(given.get("value")), _decimal(given.get("tolerance", 0))
    if value is None or tolerance is None or tolerance < 0:
        shown = ascii(option)[:200]
        raise NoVerdict(Kind.UNSCORABLE, f'target {shown} is no text, number, {{"value": …, "tolerance": …}} or list of these')
    return value, max(tolerance, abs(value) * SAME) if "tolerance" not in given else tolerance


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, str):
        readings = whole_number(value)
        return readings[0] if len(readings) == 1 else None
    if isinstance(value, Decimal128):
        value = value.to_decimal()
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None

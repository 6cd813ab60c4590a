"""Every string of a nested value, replaced: variables on their way out, fields of an answer on their way
back."""

from collections.abc import Callable, Mapping
from typing import Any

_DEEPEST = 200


class NestedTooDeeply(ValueError):
    """A value is nested deeper than any real one."""


def mapped(value: Any, change: Callable[[str], str], depth: int = 0) -> Any:
    """A copy of the value in which every string, mapping keys too, went through `change`.

    Whole numbers are offered as text (a column may hold a telephone number as one) and stay numbers where
    `change` leaves them alone.

    Raises:
        NestedTooDeeply: deeper than 200 levels.
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
        changed = change(text)
        return value if changed == text else changed
    if depth == _DEEPEST:
        raise NestedTooDeeply(f"nested deeper than {_DEEPEST} levels")
    if isinstance(value, Mapping):
        return {
            mapped(key, change, depth + 1): mapped(item, change, depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [mapped(item, change, depth + 1) for item in value]
    return value

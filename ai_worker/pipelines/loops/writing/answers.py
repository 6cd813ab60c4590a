"""The JSON objects that are whole in a model's answer, whatever stands around them or lacks at the end."""

import json
import re
from collections.abc import Iterator
from typing import Any

_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_EMPTY_LIST = re.compile(r"(?:^|[^\w\]])\[\s*\]")


def whole_objects(answer: str, key: str) -> list[dict[str, Any]]:
    """The objects of an answer that hold `key`, in their order.

    Fences, prose, `<think>` and trailing commas are passed over; of an answer that is cut off, the objects
    before the cut count.

    Args:
        answer: the model's text.
        key: tells the objects that are meant from those around and within them.
    """
    text = without_thoughts(answer)
    found = []
    for start, end in _balanced(text):
        fields = _parsed(text[start:end])
        if isinstance(fields, dict) and key in fields:
            found.append((start, fields))
    return [fields for _, fields in sorted(found, key=lambda item: item[0])]


def is_empty_list(answer: str) -> bool:
    """True where the model answered with an empty list: it found nothing, which is an answer."""
    return bool(_EMPTY_LIST.search(without_thoughts(answer)))


def without_thoughts(answer: str) -> str:
    """The answer without `<think>…</think>`. What follows a `<think>` that never ends is thought, too."""
    _, closed, rest = answer.rpartition("</think>")
    text = rest if closed else answer
    return text.partition("<think>")[0]


def _balanced(text: str) -> Iterator[tuple[int, int]]:
    """Places of `{…}` at any depth. Quotation marks count within objects alone: prose has apostrophes and
    marks of its own.
    """
    open_places: list[int] = []
    in_string = escaped = False
    for place, letter in enumerate(text):
        if in_string:
            if escaped:
                escaped = False
            elif letter == "\\":
                escaped = True
            elif letter == '"':
                in_string = False
        elif letter == "{":
            open_places.append(place)
        elif letter == '"' and open_places:
            in_string = True
        elif letter == "}" and open_places:
            yield open_places.pop(), place + 1


def _parsed(text: str) -> object:
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            # Line breaks within strings are common and harmless.
            return json.loads(attempt, strict=False)
        except (json.JSONDecodeError, RecursionError):
            continue
    return None

"""The JSON objects in a text that a model wrote, the likeliest first.

Models think, explain and correct themselves around the object that they were asked for, so the last one
counts first. One with trailing commas, comments or single quotes is repaired by a library that is kept for
it; one that was cut off never is, for what is missing cannot be known.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

import json_repair

_STARTS = 32
"""Braces that open no object, after which no more are tried."""
_LIKE_JSON = re.compile(r'\{\s*"')
_HALVES = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_NO_NUMBER = re.compile(r"[:\[,]\s*[-+]?(?:NaN|Infinity|inf)\b", re.I)
_SURROGATES = re.compile(r"[\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def objects_in(text: str) -> Iterator[tuple[str, Any]]:
    """Every object as text and as value: clean ones, then repaired ones, then those within broken ones; each
    kind from the last to the first.
    """
    clean, broken, inner = _found(text)
    yield from (_as_it_is(text, *found) for found in reversed(clean))
    for start, end in reversed(broken):
        value = _repaired(text[start:end])
        if isinstance(value, dict) and value:
            yield json.dumps(value, ensure_ascii=False), value
    yield from (_as_it_is(text, *found) for found in reversed(inner))


def parsed(text: str) -> Any:
    """The value of a whole JSON text.

    Raises:
        ValueError: it is none; NaN and infinities are no JSON.
        RecursionError: it is nested too deeply.
    """
    return cleaned(json.loads(text, parse_constant=_no_constant, parse_float=_finite))


def cleaned(value: Any) -> Any:
    """A value without halves of character pairs, which no store and no request can carry."""
    if isinstance(value, str):
        return _SURROGATES.sub(
            REPLACEMENT, value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {cleaned(name): cleaned(item) for name, item in value.items()}
    return value


def _as_it_is(text: str, start: int, end: int, value: Any) -> tuple[str, Any]:
    """The object's own text, unless halves of character pairs have to be taken out of it."""
    if not _HALVES.search(text, start, end):
        return text[start:end], value
    value = cleaned(value)
    return json.dumps(value, ensure_ascii=False), value


Span = tuple[int, int]
Clean = tuple[int, int, Any]


def _found(text: str) -> tuple[list[Clean], list[Span], list[Clean]]:
    clean: list[Clean] = []
    broken: list[Span] = []
    inner: list[Clean] = []
    failures, at = 0, text.find("{")
    while at >= 0 and failures < _STARTS:
        within = bool(broken) and at < broken[-1][1]
        decoded = _decoded(text, at)
        if decoded is not None:
            value, end = decoded
            (inner if within else clean).append((at, end, value))
            at = text.find("{", end)
            continue
        failures += 1
        end = _balanced(text, at)
        if end and not within:
            broken.append((at, end))
        elif not end and _LIKE_JSON.match(text, at):
            # Cut off: the objects within are not what was asked for.
            break
        at = text.find("{", at + 1)
    return clean, broken, inner


def _decoded(text: str, start: int) -> tuple[Any, int] | None:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value, end


def _balanced(text: str, start: int) -> int:
    """The place where the braces that open here are closed, text in quotes left out; 0 where they are not."""
    depth, quoted, escaped = 0, False, False
    for place in range(start, len(text)):
        character = text[place]
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = quoted
        elif character == '"':
            quoted = not quoted
        elif not quoted and character == "{":
            depth += 1
        elif not quoted and character == "}":
            depth -= 1
            if depth == 0:
                return place + 1
    return 0


def _repaired(text: str) -> Any:
    if _NO_NUMBER.search(text):
        return None
    try:
        value = json_repair.loads(text, skip_json_loads=True)
        return parsed(json.dumps(value))
    except (ValueError, RecursionError, TypeError):
        return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("the number is larger than any that can be stored")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)

"""How long a provider asks to be left alone, from the headers and bodies in which providers say so."""

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_EPOCH = 1_000_000_000
"""A number above this is a moment, not a duration."""
_LONGEST = 86400.0
"""Seconds; a longer wait is asked for again tomorrow, so that one absurd header cannot close a model for
years.
"""


def wait_of(headers: Mapping[str, str], body: Any) -> float | None:
    """Seconds to wait after a refused call, the clearest source first.

    `retry-after-ms`; `Retry-After` in seconds or as a date; Gemini's `RetryInfo.retryDelay` in the body; the
    `x-ratelimit-reset-*`
    headers. None: nothing is said.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    waits = (
        None if milliseconds is None else milliseconds / 1000,
        _retry_after(headers),
        _retry_info(body),
        spent_limit(headers),
        _longest([_reset(headers, name) for name in headers if name.startswith("x-ratelimit-reset")]),
    )
    return next((wait for wait in map(_bounded, waits) if wait is not None), None)


def spent_limit(headers: Mapping[str, str]) -> float | None:
    """Seconds until a limit whose `x-ratelimit-remaining-*` header is 0 is restored. None: none is spent."""
    waits = []
    for name, remaining in headers.items():
        if name.startswith("x-ratelimit-remaining") and _number(remaining) == 0:
            waits.append(_reset(headers, name.replace("remaining", "reset")))
    return _bounded(_longest(waits))


def _longest(waits: list[float | None]) -> float | None:
    return max((wait for wait in waits if wait is not None), default=None)


def _bounded(wait: float | None) -> float | None:
    return None if wait is None else min(max(wait, 0.0), _LONGEST)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after")
    if value is None:
        return None
    seconds = _number(value)
    if seconds is not None:
        return seconds
    moment = _date(value)
    # By the provider's own clock: ours may be off.
    return None if moment is None else moment - _now(headers)


def _now(headers: Mapping[str, str]) -> float:
    return _date(headers.get("date")) or time.time()


def _date(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _retry_info(body: Any) -> float | None:
    error = body.get("error") if isinstance(body, Mapping) else None
    details = error.get("details") if isinstance(error, Mapping) else None
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, Mapping) and "retryDelay" in detail:
            return _duration(str(detail["retryDelay"]))
    return None


def _reset(headers: Mapping[str, str], name: str) -> float | None:
    value = headers.get(name)
    if value is None:
        return None
    number = _number(value)
    if number is None:
        return _duration(value)
    if number > _EPOCH * 1000:
        number /= 1000
    return number - _now(headers) if number > _EPOCH else number


def _duration(text: str) -> float | None:
    """`6m0s`, `250ms`, `37.5s` in seconds."""
    parts = _PARTS.findall(text[:40])
    return sum(float(amount) * _UNITS[unit] for amount, unit in parts) if parts else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    return number if number is not None and math.isfinite(number) else None

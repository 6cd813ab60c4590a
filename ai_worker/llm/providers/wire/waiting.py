"""The pause that a provider asks for, read from the headers and bodies that name it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ai_worker.outbound.http.waits import number, retry_after, server_now

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_RESET = re.compile(r"^(?:x-|anthropic-)?ratelimit(?:bysize)?-(?:.*-)?reset")
_REMAINING = re.compile(r"^(?:x-|anthropic-)?ratelimit(?:bysize)?-(?:.*-)?remaining")
_WORDS = re.compile(
    r"(?:try again|retry|wait|available again)\s*(?:after|in|for)?\s*(?:(?:another|about|approximately)\s+)?"
    r"(?:(?P<parts>\d+(?:\.\d+)?[hm]\d+(?:\.\d+)?(?:m\d+(?:\.\d+)?)?s)"
    r"|(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?)?)\b",
    re.I,
)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_EPOCH = 1_000_000_000
"""A number above this is a moment, not a duration."""
_LONGEST = 86400.0
"""Seconds; a longer wait is asked for again tomorrow, so that one absurd header cannot close a model for
years.
"""


def wait_of(headers: Mapping[str, str], body: Any) -> float | None:
    """Seconds to wait after a refused call, the clearest source first.

    Milliseconds in `retry-after-ms` or `x-ms-retry-after-ms`; `Retry-After` in seconds or as a date; Gemini's
    `RetryInfo.retryDelay`, `retry_after` and OpenRouter's `metadata.headers` in the body; the headers of
    spent limits, those of all limits; words such as "try again in 20s". A gateway's prefix before a header
    (`llm_provider-`) is no other header. None: no time is named.
    """
    said = {_bare(name): value for name, value in headers.items()}
    error = _error(body)
    milliseconds = number(said.get("retry-after-ms") or said.get("x-ms-retry-after-ms"))
    waits = (
        None if milliseconds is None else milliseconds / 1000,
        retry_after(said),
        _reset(said, "retry-after"),
        _retry_info(error),
        _in_metadata(error, said),
        _spent(said),
        _longest([_reset(said, name) for name in said if _RESET.search(name)]),
        _in_words(error),
    )
    return next((wait for wait in map(_bounded, waits) if wait is not None), None)


def spent_limit(headers: Mapping[str, str]) -> float | None:
    """Seconds until a limit whose `…-remaining-…` header is 0 is restored. None: none is spent."""
    for name, value in headers.items():
        if value == "0" or value.startswith("0."):
            return _spent({_bare(name): value for name, value in headers.items()})
    return None


def _spent(said: Mapping[str, str]) -> float | None:
    waits = []
    for name, remaining in said.items():
        if _REMAINING.search(name) and number(remaining) == 0:
            waits.append(_reset(said, name.replace("remaining", "reset")))
    return _bounded(_longest(waits))


def _bare(name: str) -> str:
    return name.lower().removeprefix("llm_provider-").replace("x-rate-limit", "x-ratelimit")


def _error(body: Any) -> Mapping[str, Any]:
    """The object of the error, also where it comes in a list, as from Google's streaming front."""
    if isinstance(body, list):
        body = body[0] if body else None
    if not isinstance(body, Mapping):
        return {}
    error = body.get("error")
    if isinstance(error, list):
        error = error[0] if error else None
    if isinstance(error, str):
        return {**body, "message": error}
    return error if isinstance(error, Mapping) else body


def _in_metadata(error: Mapping[str, Any], said: Mapping[str, str]) -> float | None:
    for name in ("retry_after", "retry_after_seconds", "retryAfter"):
        if (seconds := number(str(error.get(name, "")))) is not None:
            return seconds
    metadata = error.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    inner = metadata.get("headers")
    if not isinstance(inner, Mapping):
        return _in_metadata(metadata, said) if metadata is not error else None
    found = {_bare(str(name)): str(value) for name, value in inner.items()}
    found = {**{name: value for name, value in said.items() if name == "date"}, **found}
    return _longest([retry_after(found), *(_reset(found, name) for name in found if _RESET.search(name))])


def _in_words(error: Mapping[str, Any]) -> float | None:
    message = error.get("message") or error.get("detail")
    found = _WORDS.search(message[:2000]) if isinstance(message, str) else None
    if found is None:
        return None
    unit = (found["unit"] or "s").lower()
    if unit in ("ms", "milliseconds", "millisecond"):
        return float(found["amount"]) / 1000
    if found["parts"]:
        return _duration(found["parts"])
    return float(found["amount"]) * {"m": 60.0, "h": 3600.0, "d": 86400.0}.get(unit[0], 1.0)


def _longest(waits: list[float | None]) -> float | None:
    return max((wait for wait in waits if wait is not None), default=None)


def _bounded(wait: float | None) -> float | None:
    return None if wait is None else min(max(wait, 0.0), _LONGEST)


def _iso(value: str) -> float | None:
    """Anthropic's moments."""
    try:
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _retry_info(error: Mapping[str, Any]) -> float | None:
    details = error.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, Mapping) and "retryDelay" in detail:
            return _duration(str(detail["retryDelay"]))
    return None


def _reset(headers: Mapping[str, str], name: str) -> float | None:
    value = headers.get(name)
    if value is None:
        return None
    seconds = number(value)
    if seconds is None and (moment := _iso(value)) is not None:
        return moment - server_now(headers)
    if seconds is None:
        return _duration(value)
    if seconds > _EPOCH * 1000:
        seconds /= 1000
    return seconds - server_now(headers) if seconds > _EPOCH else seconds


def _duration(text: str) -> float | None:
    """`6m0s`, `250ms`, `37.5s` in seconds."""
    parts = _PARTS.findall(text[:40])
    return sum(float(amount) * _UNITS[unit] for amount, unit in parts) if parts else None

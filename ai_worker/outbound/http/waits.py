"""The wait that a response asks for by `Retry-After`, RFC 9110, section 10.2.3."""

import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds by `Retry-After`, a number or a date; None where it says nothing.

    Args:
        headers: by lower-case name.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    seconds = number(value)
    if seconds is not None:
        return max(seconds, 0.0)
    moment = date(value)
    return None if moment is None else max(moment - server_now(headers), 0.0)


def server_now(headers: Mapping[str, str]) -> float:
    """The server's own time, since ours may be off; ours where it does not say."""
    return date(headers.get("date")) or time.time()


def date(value: str | None) -> float | None:
    """Seconds since the epoch of an HTTP date."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def number(text: str | None) -> float | None:
    """A finite number."""
    try:
        found = float(text) if text is not None else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None

"""Instants and time zones as models write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ai_worker.pipelines.assistants.tools.contract import ToolFault


def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        ToolFault: there is none.
    """
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ToolFault(f"unknown time zone {name[:60]!r}; use an IANA name such as Europe/Berlin") from None


def local_time(text: str) -> datetime:
    """The time in a text of ISO 8601; with an offset where the text has one.

    Raises:
        ToolFault: the text is no time.
    """
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ToolFault(f"{text[:60]!r} is no time; write it as 2026-12-24T18:30:00") from None


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC of a time on the clocks of a zone.

    A time that the clocks skip in spring is moved forward by the skipped hour; of a time that they show
    twice in autumn it is the first.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    # Through UTC and back, a skipped time comes out an hour later on the clocks: it is the same instant.
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def iso_seconds(moment: datetime) -> str:
    """A time to the second, without its zone."""
    return moment.replace(tzinfo=None, microsecond=0).isoformat()

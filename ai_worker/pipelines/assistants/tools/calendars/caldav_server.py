"""Calendars on a CalDAV server (RFC 4791), one for each user, by the `caldav` library."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import caldav
import requests
from caldav.lib.error import DAVError, NotFoundError, PutError
from icalendar import Calendar as ICalendar
from icalendar import Event as IEvent

from ai_worker.pipelines.assistants.tools.calendars.port import Event, path_name
from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.moments import iso_seconds

Value = TypeVar("Value")
SHOWN = 50
CONFLICT = 409


class CalDav:
    """A CalDAV server.

    Args:
        url: of a user's calendar, with `{user_id}`; the calendar is made at the first event.
        user, password: of the server; `{user_id}` in the user is replaced, too.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self._url, self._user, self._password = url, user, password

    def between(self, user_id: str, start: datetime, end: datetime, seconds: float) -> list[str]:
        """See `Calendar`; recurring events are expanded."""
        found: list[Any] = self._asked(
            user_id,
            seconds,
            lambda calendar: calendar.search(start=start, end=end, event=True, expand=True),
            missing=[],
        )
        events = [component for item in found for component in item.icalendar_instance.walk("VEVENT")]
        lines = sorted((_moment(event["DTSTART"].dt), _line(event)) for event in events)
        return [line for _, line in lines[:SHOWN]]

    def create(self, user_id: str, event: Event, seconds: float) -> None:
        """See `Calendar`."""
        text = _icalendar(event)

        def add(calendar: Any) -> None:
            try:
                calendar.save_event(text)
            except (NotFoundError, PutError):
                # Servers answer 404 or 409 where the calendar is not there yet.
                _make(calendar)
                calendar.save_event(text)

        self._asked(user_id, seconds, add)

    def has(self, user_id: str, event: Event, seconds: float) -> bool:
        """See `Calendar`."""
        found: bool = self._asked(
            user_id, seconds, lambda calendar: calendar.event_by_uid(event.uid) is not None, missing=False
        )
        return found

    def _asked(
        self, user_id: str, seconds: float, ask: Callable[[Any], Value], missing: Value | None = None
    ) -> Value:
        """The answer of the user's calendar to a question; `missing` where it is not there."""
        name = path_name(user_id)
        login = self._user.replace("{user_id}", name)
        url = self._url.replace("{user_id}", name)
        try:
            with caldav.DAVClient(
                url, username=login or None, password=self._password or None, timeout=int(seconds)
            ) as client:
                return ask(client.calendar(url=url))  # type: ignore[no-untyped-call]
        except NotFoundError:
            if missing is None:
                raise ToolFault("the user has no calendar on the server") from None
            return missing
        except (DAVError, requests.RequestException) as fault:
            # The library's messages hold the whole URL.
            raise ToolFault(f"the calendar server did not do it ({type(fault).__name__})") from None


def _make(calendar: Any) -> None:
    """Make a user's calendar, and the folder above it where the server wants that first (409, RFC 4791
    5.3.1).
    """
    url = str(calendar.url)
    if calendar.client.mkcalendar(url).status == CONFLICT:
        # Whether this made the folder is found out by the next line, and whether that made the
        # calendar by its user.
        calendar.client.mkcol(url.rstrip("/").rpartition("/")[0] + "/", "")
        calendar.client.mkcalendar(url)


def _icalendar(event: Event) -> str:
    zone = ZoneInfo(event.time_zone)
    item = IEvent()
    item.add("uid", event.uid)
    item.add("dtstamp", datetime.now(UTC))
    item.add("dtstart", event.start.astimezone(zone))
    item.add("dtend", event.end.astimezone(zone))
    item.add("summary", event.title)
    for name in ("description", "location"):
        if text := getattr(event, name):
            item.add(name, text)
    whole = ICalendar()
    whole.add("prodid", "-//ai-worker//assistants//EN")
    whole.add("version", "2.0")
    whole.add_component(item)
    whole.add_missing_timezones()
    return str(whole.to_ical().decode())


def _line(event: Any) -> str:
    start, end = event["DTSTART"].dt, event.get("DTEND")
    until = f" to {_shown(end.dt)}" if end is not None else ""
    place = f", {event['LOCATION']}" if event.get("LOCATION") else ""
    return f"{_shown(start)}{until}: {event.get('SUMMARY', '')}{place}"


def _shown(moment: Any) -> str:
    if not isinstance(moment, datetime):
        return str(moment)
    zone = f" {moment.tzname()}" if moment.tzinfo else ""
    return f"{iso_seconds(moment)}{zone}"


def _moment(moment: Any) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

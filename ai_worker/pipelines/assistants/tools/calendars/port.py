"""The port of calendars, and the one that the settings name."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.tools.contract import ToolFault


@dataclass(frozen=True, slots=True)
class Event:
    """An event about to be added.

    Args:
        uid: made of the call, so that the same call adds one.
        start, end: instants in UTC.
        time_zone: in which the user named the start.
    """

    uid: str
    title: str
    start: datetime
    end: datetime
    time_zone: str
    description: str = ""
    location: str = ""


_PLAIN = re.compile(r"[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*")


def path_name(user_id: str) -> str:
    """A user's id as one part of a path and as a login, different for different users.

    Servers decode `%2F` before they look for `..`, and a login ends at its first colon: an id of other
    characters goes in base 32 after a `~`, which no plain one begins with.
    """
    if _PLAIN.fullmatch(user_id):
        return user_id
    return "~" + base64.b32encode(user_id.encode("utf-8", "surrogatepass")).decode().rstrip("=").lower()


class Calendar(Protocol):
    """The calendars of all users. Every method raises ToolFault."""

    def between(self, user_id: str, start: datetime, end: datetime, seconds: float) -> list[str]:
        """The user's events that touch the time between, one line each, the earliest first."""
        ...

    def create(self, user_id: str, event: Event, seconds: float) -> None:
        """Add an event."""
        ...

    def has(self, user_id: str, event: Event, seconds: float) -> bool:
        """Return True when the event was added before."""
        ...


def calendar() -> Calendar:
    """The calendar that the settings name.

    Raises:
        ToolFault: they name none.
    """
    found = options()
    if found.caldav_url:
        return _caldav(found.caldav_url, found.caldav_user, found.caldav_password.get_secret_value())
    if found.calendar_service_url:
        return _service(found.calendar_service_url, found.rest_service_url)
    raise ToolFault("no calendar is set up on this server (CALDAV_URL or CALENDAR_SERVICE_URL)")


@lru_cache(maxsize=4)
def _caldav(url: str, user: str, password: str) -> Calendar:
    from ai_worker.pipelines.assistants.tools.calendars.caldav_server import CalDav  # noqa: PLC0415

    return CalDav(url, user, password)


@lru_cache(maxsize=4)
def _service(url: str, rest_url: str) -> Calendar:
    from ai_worker.pipelines.assistants.tools.calendars.seed_service import SeedService  # noqa: PLC0415

    return SeedService(url, rest_url)

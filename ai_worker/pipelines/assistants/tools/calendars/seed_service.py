"""Google calendars behind the seed's calendar service, with the users' tokens in the seed's REST service."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from ai_worker.pipelines.assistants.options import options
from ai_worker.pipelines.assistants.tools.calendars.port import Event, path_name
from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.moments import iso_seconds, zone_named
from ai_worker.pipelines.assistants.tools.outside.safe_http import Fetched, fetch

AUTHORISE = "Для создания события необходимо авторизоваться. Перейдите по ссылке: {}"


class SeedService:
    """The seed's services.

    Args:
        url: of the calendar service.
        rest_url: of the REST service; empty: the calendar service alone says who is authorised.
    """

    def __init__(self, url: str, rest_url: str) -> None:
        self._url, self._rest_url = url.rstrip("/"), rest_url.rstrip("/")

    def between(self, user_id: str, start: datetime, end: datetime, seconds: float) -> list[str]:
        """See `Calendar`."""
        self._authorised(user_id, seconds)
        query = urlencode({"time_min": start.isoformat(), "time_max": end.isoformat()})
        found = self._answer("GET", f"{self._url}/events/{path_name(user_id)}?{query}", user_id, seconds)
        return [_line(event) for event in found if isinstance(event, dict)] if isinstance(found, list) else []

    def create(self, user_id: str, event: Event, seconds: float) -> None:
        """See `Calendar`."""
        self._authorised(user_id, seconds)
        body = {
            "title": event.title,
            "start_time": _time(event.start, event.time_zone),
            "end_time": _time(event.end, event.time_zone),
            "description": event.description or None,
            "location": event.location or None,
        }
        self._answer("POST", f"{self._url}/events/{path_name(user_id)}", user_id, seconds, body)

    def has(self, user_id: str, event: Event, seconds: float) -> bool:
        """See `Calendar`: the service gives events ids of its own, so an event of the same title and
        start counts.
        """
        title = event.title
        return any(
            line.endswith(f": {title}") for line in self.between(user_id, event.start, event.end, seconds)
        )

    def _authorised(self, user_id: str, seconds: float) -> None:
        if self._rest_url:
            url = f"{self._rest_url}/api/calendar/user/{path_name(user_id)}/token"
            if not self._fetch("GET", url, seconds).json():
                raise ToolFault(self._please(user_id, seconds))

    def _please(self, user_id: str, seconds: float) -> str:
        found = self._fetch("GET", f"{self._url}/auth/url/{path_name(user_id)}", seconds).json()
        return AUTHORISE.format(found.get("auth_url", "") if isinstance(found, dict) else "")

    def _answer(self, method: str, url: str, user_id: str, seconds: float, body: Any = None) -> Any:
        response = self._fetch(method, url, seconds, body)
        if response.status == 401:
            raise ToolFault(self._please(user_id, seconds))
        if response.status >= 400:
            raise ToolFault(f"the calendar service answered {response.status}")
        return response.json()

    def _fetch(self, method: str, url: str, seconds: float, body: Any = None) -> Fetched:
        # Both are named by the operator, and stand on the same network as the workers.
        allowed = [urlsplit(known).netloc.lower() for known in (self._url, self._rest_url) if known]
        private = [*allowed, *options().tool_private_hosts]
        return fetch(method, url, allowed=allowed, private=private, seconds=seconds, body=body)


def _time(moment: datetime, zone: str) -> dict[str, str]:
    return {"date_time": iso_seconds(moment.astimezone(zone_named(zone))), "time_zone": zone}


def _line(event: dict[str, Any]) -> str:
    start, end = ((event.get(name) or {}) for name in ("start", "end"))
    times = [str(side.get("dateTime") or side.get("date") or "") for side in (start, end)]
    return f"{times[0]} to {times[1]}: {event.get('summary', '')}"

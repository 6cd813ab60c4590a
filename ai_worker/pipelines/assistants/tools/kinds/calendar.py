"""`calendar`: the user's events, listed or added.

Which of the two a tool does is its name's ending (`calendar_create`, `calendar_list`), or the setting
`action`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ai_worker.pipelines.assistants.registry.config import Tool
from ai_worker.pipelines.assistants.tools.calendars.port import Event, calendar
from ai_worker.pipelines.assistants.tools.contract import Arguments, ToolContext, ToolFault, ToolKind
from ai_worker.pipelines.assistants.tools.moments import instant, local_time, zone_named

ACTIONS = ("create", "list")
NONE_FOUND = "У вас нет событий в указанный период"
_DEFAULT_DAYS = 7


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    if action_of(context.tool) == "create":
        event = _event(arguments, context)
        calendar().create(context.user_id, event, context.seconds)
        return _created(event)
    start = _moment(arguments.get("time_min")) if arguments.get("time_min") else context.now
    default = start + timedelta(days=_DEFAULT_DAYS)
    end = _moment(arguments.get("time_max")) if arguments.get("time_max") else default
    if end <= start:
        raise ToolFault("time_max must be later than time_min")
    found = calendar().between(context.user_id, start, end, context.seconds)
    return "\n".join(found) if found else NONE_FOUND


def action_of(tool: Tool) -> str:
    """The action of a calendar tool.

    Raises:
        ToolFault: neither its name nor a setting says so.
    """
    action = tool.setting("action")
    found = action or next((one for one in ACTIONS if tool.name.endswith(one)), None)
    if found is None:
        raise ToolFault("Unknown calendar tool name")
    return str(found)


def _look_up(arguments: Arguments, context: ToolContext) -> str | None:
    event = _event(arguments, context)
    return _created(event) if calendar().has(context.user_id, event, context.seconds) else None


def _event(arguments: Arguments, context: ToolContext) -> Event:
    title = str(arguments.get("title") or "").strip()
    if not title:
        raise ToolFault("give the event's title")
    start, end = _moment(arguments.get("start_time")), _moment(arguments.get("end_time"))
    if end <= start:
        raise ToolFault("end_time must be later than start_time")
    zone = _zone_of(arguments.get("start_time"))
    uid = str(uuid5(NAMESPACE_URL, f"event:{context.key}"))
    texts = {name: str(arguments.get(name) or "") for name in ("description", "location")}
    return Event(uid, title, start, end, zone, **texts)


def _moment(value: Any) -> Any:
    """The instant in the seed's `{date_time, time_zone}`, or in a plain text."""
    if isinstance(value, Mapping):
        return instant(local_time(str(value.get("date_time") or "")), zone_named(_zone_of(value)))
    return instant(local_time(str(value or "")), zone_named("UTC"))


def _zone_of(value: Any) -> str:
    return str(value.get("time_zone") or "UTC") if isinstance(value, Mapping) else "UTC"


def _created(event: Event) -> str:
    return f"Событие '{event.title}' успешно создано!"


def _acts(tool: Tool, _: str) -> bool:
    return action_of(tool) == "create"


def _check(settings: Mapping[str, Any]) -> str | None:
    if settings.keys() - {"action"}:
        return "a calendar tool has the one setting action"
    return (
        None if settings.get("action") in (None, *ACTIONS) else f"action must be one of {', '.join(ACTIONS)}"
    )


KIND = ToolKind("calendar", _run, acts=_acts, look_up=_look_up, check=_check)

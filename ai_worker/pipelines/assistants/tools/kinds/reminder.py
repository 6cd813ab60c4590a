"""`reminder`: a message to the user at a later time, once or again and again."""

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from ai_worker.pipelines.assistants.reminders.recurrence import checked_rule, first_time
from ai_worker.pipelines.assistants.tools.contract import (
    Arguments,
    NewReminder,
    ToolContext,
    ToolFault,
    ToolKind,
)
from ai_worker.pipelines.assistants.tools.moments import instant, iso_seconds, local_time, zone_named

NEITHER_OR_BOTH = "Укажите либо delay_seconds, либо datetime_str с timezone, но не оба"
NOT_POSITIVE = "delay_seconds должен быть положительным числом"
NO_TIMEZONE = "При указании datetime_str необходимо указать timezone"
LONGEST_DELAY = 10 * 365 * 24 * 3600
LONGEST_MESSAGE = 4_000
OLDEST_BEGINNING = timedelta(days=31)
"""Every time since the beginning is counted to find the next one."""


def _run(arguments: Arguments, context: ToolContext, _: str) -> str:
    reminder = _reminder(arguments, context)
    context.reminders.add(reminder)
    return _told(reminder)


def _look_up(arguments: Arguments, context: ToolContext) -> str | None:
    reminder = _reminder(arguments, context)
    return _told(reminder) if context.reminders.has(reminder.id) else None


def _reminder(arguments: Arguments, context: ToolContext) -> NewReminder:
    message = str(arguments.get("message") or "").strip()
    if not message:
        raise ToolFault("give the message of the reminder")
    if len(message) > LONGEST_MESSAGE:
        raise ToolFault(f"the message of a reminder has at most {LONGEST_MESSAGE} characters")
    delay, text = arguments.get("delay_seconds"), arguments.get("datetime_str")
    if (delay is None) == (not text):
        raise ToolFault(NEITHER_OR_BOTH)
    zone_name = str(arguments.get("timezone") or "")
    rule = str(arguments.get("rrule") or "") or None
    first: datetime
    if delay is not None:
        if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 < delay <= LONGEST_DELAY:
            raise ToolFault(NOT_POSITIVE)
        trigger_at = context.now + timedelta(seconds=delay)
        zone = zone_named(zone_name or "UTC")
        first = trigger_at.astimezone(zone).replace(tzinfo=None)
    else:
        if not zone_name:
            raise ToolFault(NO_TIMEZONE)
        zone = zone_named(zone_name)
        local = local_time(str(text))
        trigger_at = instant(local, zone)
        first = local.astimezone(zone).replace(tzinfo=None) if local.tzinfo else local
    if rule:
        if trigger_at < context.now - OLDEST_BEGINNING:
            raise ToolFault(f"{text} is too long ago; begin a repeated reminder with its next time")
        rule = checked_rule(rule, first)
        trigger_at = first_time(rule, first, zone, context.now)
    if trigger_at <= context.now and delay is None:
        raise ToolFault(
            f"{text} in {zone_name} is past; it is now {iso_seconds(context.now.astimezone(zone))} there"
        )
    return NewReminder(
        id=str(uuid5(NAMESPACE_URL, f"reminder:{context.key}")),
        user_id=context.user_id,
        assistant_id=context.assistant.id,
        message=message,
        trigger_at=trigger_at,
        time_zone=zone.key,
        first_local=iso_seconds(first) if rule else None,
        rule=rule,
    )


def _told(reminder: NewReminder) -> str:
    often = f", repeated by {reminder.rule}" if reminder.rule else ""
    zone = zone_named(reminder.time_zone)
    return (
        f"Reminder set for {iso_seconds(reminder.trigger_at.astimezone(zone))} {reminder.time_zone}{often}."
    )


KIND = ToolKind("reminder", _run, acts=lambda tool, part: True, look_up=_look_up)

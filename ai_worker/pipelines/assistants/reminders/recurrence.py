"""The next time of a recurring reminder, by RFC 5545 rules counted on the clocks of its time zone.

At nine every morning means at nine on the clocks, in summer and in winter: the rule runs over local times,
and each is turned into an instant by itself.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.moments import instant

SHORTEST = timedelta(minutes=1)
TOO_OFTEN = "a reminder may be repeated each minute at most"
NO_TIME = "names no time that will come"
_SLOW = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY")
_DAYS = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYEASTER")
_LOOKED_AT = 3
_SKIPPED_MAX = 100_000


def checked_rule(text: str, first_local: datetime) -> str:
    """A rule in one spelling.

    Raises:
        ToolFault: it is no recurrence rule, names no time, or repeats more often than each minute.
    """
    rule = text.strip().upper().removeprefix("RRULE:")
    try:
        if not rule.startswith("FREQ=") or "\n" in rule or len(rule) > 200:
            raise ValueError("it must begin with FREQ=")
        _check_cost(dict(part.partition("=")[::2] for part in rule.split(";")), first_local)
        first = list(islice(_rule(rule, first_local), _LOOKED_AT))
    except (ValueError, TypeError, OverflowError) as fault:
        raise ToolFault(
            f"rrule {text[:80]!r} is no recurrence rule such as FREQ=DAILY;INTERVAL=2: {fault}"
        ) from None
    if not first:
        raise ToolFault(f"the rule {rule} {NO_TIME}")
    if any(later - earlier < SHORTEST for earlier, later in pairwise(first)):
        raise ToolFault(TOO_OFTEN)
    return rule


def _check_cost(parts: dict[str, str], first_local: datetime) -> None:
    """Refuse rules that the library would look through until the year 9999, step by step, to find no time.

    Of a day that never comes, such as 30 February, a rule by years shows it at once.
    """
    often = parts["FREQ"]
    if often == "SECONDLY":
        raise ToolFault(TOO_OFTEN)
    if often in _SLOW and "BYSETPOS" in parts:
        raise ValueError("BYSETPOS goes with MONTHLY and YEARLY")
    if often in _SLOW and any(name in parts for name in _DAYS):
        named = ";".join(f"{name}={parts[name]}" for name in (*_DAYS, "BYMONTH") if name in parts)
        if next(iter(_rule(f"FREQ=YEARLY;{named}", first_local)), None) is None:
            raise ToolFault(f"the days {named} {NO_TIME}")


def first_time(rule: str, first_local: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """The first instant of a rule that is not past.

    Raises:
        ToolFault: there is none.
    """
    found = next_time(rule, first_local, zone, now - timedelta(microseconds=1))
    if found is None:
        raise ToolFault(f"the rule {rule} names no time that is still to come")
    return found


def next_time(rule: str, first_local: datetime, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The next instant of a rule after an instant, in UTC; None where it has ended."""
    # Two hours of margin: the clocks' changes move local times against instants by no more.
    start = (after.astimezone(zone)).replace(tzinfo=None) - timedelta(hours=2)
    times = _rule(rule, first_local).xafter(start, inc=True)
    for local in islice(times, _SKIPPED_MAX):
        if (found := instant(local, zone)) > after:
            return found.astimezone(UTC)
    return None


def _rule(rule: str, start: datetime) -> rrule:
    # UNTIL with a zone beside a start without one is an error of the library; its clock time is what
    # counts here.
    parts = [
        part[:-1] if part.startswith("UNTIL=") and part.endswith("Z") else part for part in rule.split(";")
    ]
    found = rrulestr(";".join(parts), dtstart=start)
    if not isinstance(found, rrule):
        raise ValueError("it must be a single rule")
    return found

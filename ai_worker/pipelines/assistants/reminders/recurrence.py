"""The next time of a recurring reminder, by RFC 5545 rules counted on the clocks of its time zone.

At nine every morning means at nine on the clocks, in summer and in winter: the rule runs over local times,
and each is turned into
an instant by itself.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.moments import instant

SHORTEST = timedelta(minutes=1)
_LOOKED_AT = 3
_SKIPPED_MAX = 100_000


def checked_rule(text: str) -> str:
    """A rule in one spelling.

    Raises:
        ToolFault: it is no recurrence rule, or repeats more often than each minute.
    """
    rule = text.strip().upper().removeprefix("RRULE:")
    start = datetime(2026, 1, 5, 9)
    try:
        if not rule.startswith("FREQ=") or "\n" in rule or len(rule) > 200:
            raise ValueError("it must begin with FREQ=")
        first = list(islice(_rule(rule, start), _LOOKED_AT))
    except (ValueError, TypeError, OverflowError) as fault:
        raise ToolFault(
            f"rrule {text[:80]!r} is no recurrence rule such as FREQ=DAILY;INTERVAL=2: {fault}"
        ) from None
    if any(later - earlier < SHORTEST for earlier, later in pairwise(first)):
        raise ToolFault("a reminder may be repeated each minute at most")
    return rule


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

"""Reminders: one instant, whatever the clocks do."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ai_worker.pipelines.assistants.reminders.recurrence import checked_rule, next_time
from ai_worker.pipelines.assistants.tools.contract import ToolContext, ToolFault
from ai_worker.pipelines.assistants.tools.kinds.reminder import (
    KIND,
    NEITHER_OR_BOTH,
    NO_TIMEZONE,
    NOT_POSITIVE,
)
from ai_worker.pipelines.assistants.tools.moments import instant
from tests.unit.assistants.made import NOW, Remembered, assistant, tool

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def remind(reminders: Remembered, key: str = "k", now: datetime = NOW, **arguments: Any) -> str:
    context = ToolContext(
        "42", assistant("a"), tool("r", "reminder"), None, now, key, 5, reminders, lambda *_: ""
    )
    return KIND.run({"message": "milk", **arguments}, context, "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, NEITHER_OR_BOTH),
        ({"delay_seconds": 5, "datetime_str": "2027-01-01T10:00", "timezone": "UTC"}, NEITHER_OR_BOTH),
        ({"delay_seconds": 0}, NOT_POSITIVE),
        ({"delay_seconds": -5}, NOT_POSITIVE),
        ({"delay_seconds": True}, NOT_POSITIVE),
        ({"delay_seconds": 1e18}, NOT_POSITIVE),
        ({"datetime_str": "2027-01-01T10:00"}, NO_TIMEZONE),
        (
            {"datetime_str": "tomorrow", "timezone": "UTC"},
            "'tomorrow' is no time; write it as 2026-12-24T18:30:00",
        ),
        ({"datetime_str": "2027-01-01T10:00", "timezone": "Moon"}, "unknown time zone 'Moon'"),
        (
            {"datetime_str": "2026-11-28T12:59", "timezone": "Europe/Berlin"},
            "is past; it is now 2026-11-28T13:00:00",
        ),
        ({"delay_seconds": 60, "rrule": "SOMETIMES"}, "is no recurrence rule"),
        ({"delay_seconds": 60, "rrule": "FREQ=SECONDLY"}, "each minute at most"),
        ({"message": "界" * 4_001, "delay_seconds": 5}, "at most 4000 characters"),
        ({"message": " ", "delay_seconds": 5}, "give the message"),
    ],
)
def test_what_does_not_fit_is_said(arguments: dict[str, Any], text: str) -> None:
    reminders = Remembered()
    with pytest.raises(ToolFault) as refused:
        remind(reminders, **arguments)
    assert text in str(refused.value)
    assert reminders.added == []


def test_thirty_seconds_are_thirty_seconds() -> None:
    reminders = Remembered()
    assert remind(reminders, delay_seconds=30) == "Reminder set for 2026-11-28T12:00:30 UTC."
    assert reminders.added[0].trigger_at == NOW + timedelta(seconds=30)
    assert reminders.added[0].rule is None


def test_a_time_on_the_users_clocks_is_an_instant() -> None:
    reminders = Remembered()
    told = remind(reminders, datetime_str="2027-07-01T09:00", timezone="Europe/Berlin")
    assert told == "Reminder set for 2027-07-01T09:00:00 Europe/Berlin."
    assert reminders.added[0].trigger_at == datetime(2027, 7, 1, 7, tzinfo=UTC)
    # An offset in the text counts; the zone is for the rule and the answer.
    remind(reminders, "k2", datetime_str="2027-07-01T09:00:00+00:00", timezone="Europe/Berlin")
    assert reminders.added[1].trigger_at == datetime(2027, 7, 1, 9, tzinfo=UTC)


def test_times_that_the_clocks_skip_or_show_twice() -> None:
    assert instant(datetime(2027, 3, 28, 2, 30), BERLIN) == datetime(
        2027, 3, 28, 1, 30, tzinfo=UTC
    )  # 3:30 summer time
    assert instant(datetime(2027, 10, 31, 2, 30), BERLIN) == datetime(
        2027, 10, 31, 0, 30, tzinfo=UTC
    )  # the first of two
    assert instant(datetime(2027, 3, 14, 2, 30), NEW_YORK) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)


def test_nine_in_the_morning_stays_nine_over_both_changes_of_the_clocks() -> None:
    first, found = datetime(2027, 3, 26, 9), []
    after = datetime(2027, 3, 26, 0, tzinfo=UTC)
    for _ in range(4):
        following = next_time("FREQ=DAILY", first, BERLIN, after)
        assert following is not None
        found.append(following)
        after = following
    assert [moment.astimezone(BERLIN).hour for moment in found] == [9] * 4
    assert [moment.hour for moment in found] == [8, 8, 7, 7]


def test_a_rule_through_a_skipped_hour_comes_each_day_once() -> None:
    after = datetime(2027, 3, 27, 12, tzinfo=UTC)
    times = []
    for _ in range(3):
        following = next_time("FREQ=DAILY", datetime(2027, 3, 1, 2, 30), BERLIN, after)
        assert following is not None
        times.append(following.astimezone(BERLIN).strftime("%d %H:%M"))
        after = following
    assert times == ["28 03:30", "29 02:30", "30 02:30"]


def test_a_rule_ends_by_count_and_by_date_on_the_users_clocks() -> None:
    first = datetime(2027, 1, 1, 9)
    assert next_time("FREQ=DAILY;COUNT=2", first, BERLIN, datetime(2027, 1, 2, 8, tzinfo=UTC)) is None
    assert (
        next_time("FREQ=DAILY;UNTIL=20270103T090000Z", first, BERLIN, datetime(2027, 1, 2, 8, tzinfo=UTC))
        is not None
    )
    assert (
        next_time("FREQ=DAILY;UNTIL=20270103T090000Z", first, BERLIN, datetime(2027, 1, 3, 8, tzinfo=UTC))
        is None
    )
    assert checked_rule(" rrule:freq=weekly;byday=mo ", datetime(2026, 1, 5, 9)) == "FREQ=WEEKLY;BYDAY=MO"


def test_a_recurring_reminder_begins_at_its_next_time() -> None:
    reminders = Remembered()
    told = remind(
        reminders, datetime_str="2026-11-02T09:00", timezone="Europe/Berlin", rrule="FREQ=WEEKLY;BYDAY=MO"
    )
    assert told == "Reminder set for 2026-11-30T09:00:00 Europe/Berlin, repeated by FREQ=WEEKLY;BYDAY=MO."
    kept = reminders.added[0]
    assert (kept.first_local, kept.rule) == ("2026-11-02T09:00:00", "FREQ=WEEKLY;BYDAY=MO")


def test_a_call_made_twice_is_one_reminder() -> None:
    reminders = Remembered()
    remind(reminders, "same", delay_seconds=30)
    remind(reminders, "same", NOW + timedelta(seconds=9), delay_seconds=30)
    remind(reminders, "other", delay_seconds=30)
    assert len(reminders.added) == 2
    assert KIND.look_up is not None


@pytest.mark.parametrize("often", ["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"])
def test_a_rule_that_names_no_time_is_told_at_once(often: str) -> None:
    began = time.monotonic()
    with pytest.raises(ToolFault, match="names no time that will come"):
        checked_rule(f"FREQ={often};BYMONTH=2;BYMONTHDAY=30", datetime(2026, 1, 5, 9))
    assert time.monotonic() - began < 10


def test_each_second_and_a_beginning_of_long_ago_are_refused() -> None:
    with pytest.raises(ToolFault, match="each minute at most"):
        checked_rule("FREQ=SECONDLY;BYMONTH=2", datetime(2026, 1, 5, 9))
    with pytest.raises(ToolFault, match="too long ago"):
        remind(Remembered(), datetime_str="1026-01-01T09:00:00", timezone="UTC", rrule="FREQ=MINUTELY")


def test_a_leap_day_and_a_count_are_kept() -> None:
    leap = checked_rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2026, 1, 5, 9))
    after = datetime(2026, 1, 6, tzinfo=UTC)
    found = next_time(leap, datetime(2026, 1, 5, 9), ZoneInfo("UTC"), after)
    assert found == datetime(2028, 2, 29, 9, tzinfo=UTC)
    twice = checked_rule("FREQ=DAILY;COUNT=2", datetime(2026, 1, 5, 9))
    assert next_time(twice, datetime(2026, 1, 5, 9), ZoneInfo("UTC"), after) == datetime(
        2026, 1, 6, 9, tzinfo=UTC
    )
    assert (
        next_time(twice, datetime(2026, 1, 5, 9), ZoneInfo("UTC"), datetime(2026, 1, 7, tzinfo=UTC)) is None
    )

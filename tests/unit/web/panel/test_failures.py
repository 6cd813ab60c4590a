"""What the overview says of error classes, by counters that only rise."""

import time

import pytest

from ai_worker.stores.shared_counters import Field
from ai_worker.web.panel.overview.failures import LATE_SECONDS, Failures


def ended(outcome: str, error_class: str, amount: float, pipeline: str = "corrections") -> dict[Field, float]:
    return {("ai_worker_rows_ended", (pipeline, "correct", outcome, error_class), ""): amount}


def test_classes_are_told_with_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    failures = Failures()
    first = ended("failed", "timeout", 4) | ended("later", "rate_limited", 9) | ended("finished", "", 70)
    assert [
        (of.error_class, of.final, of.again, of.of_late) for of in failures.note(first)["corrections"]
    ] == [
        ("timeout", 4, 0, 0),
        ("rate_limited", 0, 9, 0),
    ]
    now += 300
    second = first | ended("later", "rate_limited", 12) | ended("later", "not_now", 500)
    found = failures.note(second)["corrections"]
    assert [(of.error_class, of.of_late) for of in found] == [("rate_limited", 3), ("timeout", 0)]
    assert failures.minutes == 5


def test_what_is_older_than_an_hour_is_not_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    failures = Failures()
    failures.note(ended("failed", "timeout", 1))
    now += 120
    failures.note(ended("failed", "timeout", 5))
    now += LATE_SECONDS + 1
    [one] = failures.note(ended("failed", "timeout", 5))["corrections"]
    assert (one.final, one.of_late) == (5, 0)
    assert failures.minutes == 60


def test_flushed_counters_and_lost_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = Failures()
    failures.note(ended("failed", "timeout", 9))
    lost: dict[Field, float] = {("ai_worker_rows_lost", ("worlds", "init", "final"), ""): 2}
    found = failures.note(ended("failed", "timeout", 1) | lost)
    assert found["corrections"][0].of_late == 0, "a flushed Redis takes nothing back"
    [of_worlds] = found["worlds"]
    assert (of_worlds.error_class, of_worlds.final) == ("worker_lost", 2)


def test_counters_that_cannot_be_read_make_no_failure_new(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    failures = Failures()
    assert failures.note(None) == {}
    now += 120
    [one] = failures.note(ended("failed", "timeout", 400))["corrections"]
    assert (one.final, one.of_late) == (400, 0)


def test_failures_after_a_flush_of_redis_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    failures = Failures()
    failures.note(ended("failed", "timeout", 400))
    now += 120
    failures.note({})
    now += 120
    [one] = failures.note(ended("failed", "timeout", 7))["corrections"]
    assert (one.final, one.of_late) == (7, 7)

"""Rows per second from the looks of the last minute."""

import pytest

from ai_worker.pipelines.corrections.view.speed import Speed


def test_speed_is_that_of_the_last_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("ai_worker.pipelines.corrections.view.speed.time.monotonic", lambda: now)
    seen = Speed()
    assert seen.note(100) is None
    now = 0.1
    assert seen.note(150) is None
    now = 1.0
    assert seen.note(110) == 10.0
    for second in range(2, 61):
        now = float(second)
        assert seen.note(100 + 10 * second) == pytest.approx(10.0)
    for second in range(61, 122):
        now = float(second)
        last = seen.note(700)
    assert last == 0.0


def test_failures_set_pending_again_make_no_negative_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("ai_worker.pipelines.corrections.view.speed.time.monotonic", lambda: now)
    seen = Speed()
    seen.note(100)
    now = 2.0
    assert seen.note(40) == 0.0

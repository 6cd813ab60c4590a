"""Rows that a closed endpoint refused: soon again; less and less often where nothing holds their lane."""

import pytest

from ai_worker.outbound.limits import returning
from ai_worker.outbound.limits.returning import FIRST_SECONDS, comes_again_in


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("ai_worker.outbound.limits.returning.time.monotonic", lambda: now[0])
    monkeypatch.setattr(returning, "_refused", {})
    return now


def test_a_row_of_a_held_lane_comes_again_soon_after_each_probe(clock: list[float]) -> None:
    waits = []
    for closed_for in (60.0, 120.0, 240.0, 480.0, 600.0):
        waits += [comes_again_in("m", closed_for), comes_again_in("m", closed_for)]
        clock[0] += closed_for
    assert waits == [FIRST_SECONDS] * 10


def test_where_nothing_holds_the_lane_the_waits_grow_up_to_the_next_probe(clock: list[float]) -> None:
    waits = []
    while clock[0] < 1600:
        waits.append(comes_again_in("m", 600))
        clock[0] += waits[-1] + 1
    assert waits[0] == FIRST_SECONDS and waits == sorted(waits) and waits[-1] > 100
    assert len(waits) <= 9, "in ten minutes"
    assert comes_again_in("other", 600) == FIRST_SECONDS, "each endpoint for itself"


def test_no_wait_is_longer_than_until_the_next_probe(clock: list[float]) -> None:
    assert comes_again_in("m", 0.8) == 0.8


def test_a_short_hold_is_waited_for_and_a_long_one_may_be_lifted(clock: list[float]) -> None:
    assert comes_again_in("m", 90, closed=False) == 90
    assert comes_again_in("m", 3000, closed=False) == FIRST_SECONDS

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.outbound.limits.sliding_window import SLICES, SlidingWindow, WindowUsage

spans = st.builds(SlidingWindow, st.floats(0.06, 100), st.floats(0, 20))
steps = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=120)


@given(spans, steps, st.integers(1, 20))
def test_no_stretch_of_the_window_and_its_margin_holds_more_than_the_limit(
    window: SlidingWindow, steps: list[tuple[float, int]], limit: int
) -> None:
    usage, now, granted = WindowUsage(window), 1000.0, []
    for step, count in steps:
        now += step * window.seconds / 4
        if usage.used(now) + count <= limit:
            usage.add(now, count)
            granted.append((now, count))
    for begin, _ in granted:
        within = sum(
            count for time, count in granted if begin <= time < begin + window.seconds + window.margin
        )
        assert within <= limit


@given(spans, steps, st.integers(1, 10))
def test_what_is_refused_may_go_when_it_was_told_and_not_a_slice_earlier(
    window: SlidingWindow, steps: list[tuple[float, int]], need: int
) -> None:
    usage, now = WindowUsage(window), 1000.0
    for step, count in steps:
        now += step * window.seconds / SLICES
        usage.add(now, count)
    held = usage.used(now)
    need = min(need, held)
    at = usage.frees_at(now, need)
    slice_seconds = window.slice_milliseconds / 1000
    assert usage.freed_until(at + slice_seconds / 1000) >= need
    assert usage.freed_until(at - slice_seconds) < need
    assert now < at <= now + window.memory + slice_seconds


@given(spans, st.integers(1, 50), st.integers(0, 60))
def test_giving_back_undoes_a_grant_and_never_more(window: SlidingWindow, granted: int, back: int) -> None:
    usage = WindowUsage(window)
    usage.add(1000.0, granted)
    usage.give_back(1000.0, back)
    assert usage.used(1000.0) == max(0, granted - back)


def test_what_has_left_the_window_is_not_given_back() -> None:
    window = SlidingWindow()
    usage = WindowUsage(window)
    usage.add(1000.0, 3)
    assert usage.used(1000.0 + window.memory) == 0
    usage.give_back(1000.0, 3)
    assert usage.used(1000.0 + window.memory) == 0


def test_the_price_of_strictness_is_five_percent() -> None:
    assert SlidingWindow().memory == pytest.approx(63)
    assert SlidingWindow().valid == 1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.window import SLICES, Span, Window

spans = st.builds(Span, st.floats(0.06, 100), st.floats(0, 20))
steps = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 5)), min_size=1, max_size=120)


@given(spans, steps, st.integers(1, 20))
def test_no_stretch_of_the_window_and_its_margin_holds_more_than_the_limit(span: Span, steps: list[tuple[float, int]], limit: int) -> None:
    window, now, granted = Window(span), 1000.0, []
    for step, count in steps:
        now += step * span.seconds / 4
        if window.used(now) + count <= limit:
            window.add(now, count)
            granted.append((now, count))
    for begin, _ in granted:
        within = sum(count for time, count in granted if begin <= time < begin + span.seconds + span.margin)
        assert within <= limit


@given(spans, steps, st.integers(1, 10))
def test_what_is_refused_may_go_when_it_was_told_and_not_a_slice_earlier(span: Span, steps: list[tuple[float, int]], need: int) -> None:
    window, now = Window(span), 1000.0
    for step, count in steps:
        now += step * span.seconds / SLICES
        window.add(now, count)
    held = window.used(now)
    need = min(need, held)
    at = window.frees_at(now, need)
    slice_seconds = span.slice_milliseconds / 1000
    assert window.freed_until(at + slice_seconds / 1000) >= need
    assert window.freed_until(at - slice_seconds) < need
    assert now < at <= now + span.memory + slice_seconds


@given(spans, st.integers(1, 50), st.integers(0, 60))
def test_giving_back_undoes_a_grant_and_never_more(span: Span, granted: int, back: int) -> None:
    window = Window(span)
    window.add(1000.0, granted)
    window.give_back(1000.0, back)
    assert window.used(1000.0) == max(0, granted - back)


def test_what_has_left_the_window_is_not_given_back() -> None:
    span = Span()
    window = Window(span)
    window.add(1000.0, 3)
    assert window.used(1000.0 + span.memory) == 0
    window.give_back(1000.0, 3)
    assert window.used(1000.0 + span.memory) == 0


def test_the_price_of_strictness_is_five_percent() -> None:
    assert Span().memory == pytest.approx(63)
    assert Span().valid == 1

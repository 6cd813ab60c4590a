from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ai_worker.engine.dispatch.prefetch_window import FIRST, SMALLEST, PrefetchWindow

LARGEST = 1000
START = 100.0
AHEAD = 5.0


def _after(seconds: float, taken: int, window: PrefetchWindow, queued: int = 10) -> PrefetchWindow:
    return replace(window, published=window.marked_taken + taken + queued).seen(
        queued, 0, START + seconds, LARGEST, AHEAD
    )


def test_it_is_what_workers_took_lately() -> None:
    window = _after(AHEAD, 150, PrefetchWindow(LARGEST, more=True, marked_at=START))
    assert window.size == 150
    window = replace(window, published=window.marked_taken + 800 + 10).seen(
        10, 0, START + 3 * AHEAD, LARGEST, AHEAD
    )
    assert window.size == 400, "in twice the time"


def test_it_grows_at_once_and_shrinks_later() -> None:
    window = PrefetchWindow(FIRST, more=True, marked_at=START)
    assert _after(1.0, 100, window).size == 500
    assert _after(1.0, 5, window).size == FIRST
    assert _after(0.01, 100, window).size == LARGEST, "a burst counts as half a second's"


def test_one_that_ran_empty_although_more_was_due_grows() -> None:
    window = PrefetchWindow(SMALLEST, more=True, published=0, marked_at=START)
    for size in (80, 320, LARGEST):
        window = window.seen(0, 0, START + 0.1, LARGEST, AHEAD)
        assert window.size == size


def test_an_idle_pipeline_begins_as_if_nothing_were_known() -> None:
    assert (
        PrefetchWindow(LARGEST, more=False, published=5000, marked_at=START)
        .seen(0, 0, 200.0, LARGEST, AHEAD)
        .size
        == FIRST
    )


def test_workers_that_take_nothing_keep_a_small_window() -> None:
    assert _after(60.0, 0, PrefetchWindow(LARGEST, more=True, marked_at=START)).size == SMALLEST


def test_all_that_workers_have_in_their_hands_may_end_at_once() -> None:
    assert (
        PrefetchWindow(SMALLEST, more=True, published=310, marked_at=START)
        .seen(10, 300, START + 60, LARGEST, AHEAD)
        .size
        == 300
    )


@given(
    st.builds(
        PrefetchWindow,
        size=st.integers(1, 5000),
        more=st.booleans(),
        published=st.integers(0, 10**9),
        marked_at=st.floats(0, 10**10),
        marked_taken=st.integers(0, 10**9),
    ),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.floats(0, 10**10),
    st.integers(1, 5000),
)
def test_whatever_others_have_written_it_stays_within_bounds(
    window: PrefetchWindow, queued: int, in_hands: int, now: float, largest: int
) -> None:
    seen = window.seen(queued, in_hands, now, largest, AHEAD)
    assert min(SMALLEST, largest) <= seen.size <= largest
    assert 0 < seen.low <= seen.size

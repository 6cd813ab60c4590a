import pytest

from ai_worker.outbound.limits.sliding_window import SlidingWindow


def test_the_price_of_strictness_is_five_percent() -> None:
    assert SlidingWindow().memory == pytest.approx(63)
    assert SlidingWindow().valid == 1

"""A short text and an answer of millions of characters: the time grows with them, not with their square."""

import time

from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.lcs import WIDEST, matches


def seconds(repetitions: int) -> float:
    started = time.process_time()
    diff("Short.", "<b>word</b> " * repetitions)
    return time.process_time() - started


def test_four_times_the_answer_takes_about_four_times_as_long() -> None:
    seconds(100)
    assert seconds(80_000) < 8 * max(0.05, seconds(20_000))


def test_the_sides_may_be_exchanged() -> None:
    first = ["x", "b", "c", "y"]
    second = [str(number) for number in range(WIDEST)] + ["b", "z", "c"]
    found = matches(first, second)
    assert found == [(1, WIDEST), (2, WIDEST + 2)]
    assert [(right, left) for left, right in matches(second, first)] == found

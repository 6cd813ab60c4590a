"""Values that are got only so often."""

import threading
import time
from collections.abc import Iterator

import pytest

from ai_worker.observe.sampled import FAILURE_SECONDS, Behind, Sampled
from tests.waiting import wait_until


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("ai_worker.observe.sampled.time.monotonic", clock.monotonic)
    return clock


def test_a_cheap_value_is_kept_for_its_time(clock: Clock) -> None:
    numbers: Iterator[int] = iter(range(10))
    value = Sampled(lambda: next(numbers), seconds=1.0)
    assert [value.value(), value.value()] == [0, 0]
    clock.now += 1.0
    assert value.value() == 1
    value.forget()
    assert value.value() == 2


def test_a_dear_value_is_kept_so_long_that_getting_it_takes_a_fiftieth_of_the_time(clock: Clock) -> None:
    numbers: Iterator[int] = iter(range(10))

    def slow() -> int:
        clock.now += 0.2
        return next(numbers)

    value = Sampled(slow)
    assert value.value() == 0
    clock.now += 9.5
    assert value.value() == 0
    clock.now += 0.6
    assert value.value() == 1


def test_a_failure_is_kept_too_and_then_tried_again(clock: Clock) -> None:
    calls: list[int] = []

    def failing() -> int:
        calls.append(1)
        raise OSError("away")

    value = Sampled(failing)
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            value.value()
    assert len(calls) == 1
    clock.now += FAILURE_SECONDS
    with pytest.raises(OSError, match="away"):
        value.value()
    assert len(calls) == 2


def test_a_failure_that_took_long_is_forgotten_within_seconds(clock: Clock) -> None:
    answers: Iterator[str] = iter(["back"])

    def slow() -> str:
        if clock.now < 110.0:
            clock.now += 10.0
            raise OSError("away")
        return next(answers)

    value = Sampled(slow)
    with pytest.raises(OSError, match="away"):
        value.value()
    clock.now += FAILURE_SECONDS
    assert value.value() == "back"


def test_a_value_that_reports_a_failure_is_kept_as_shortly(clock: Clock) -> None:
    answers: Iterator[bool] = iter([False, True])

    def slow() -> bool:
        clock.now += 5.0
        return next(answers)

    value = Sampled(slow, failed=lambda ready: not ready)
    assert value.value() is False
    clock.now += FAILURE_SECONDS
    assert value.value() is True


def test_while_one_thread_gets_it_others_are_given_the_old_one() -> None:
    resume_dispatch, asked = threading.Event(), threading.Event()
    numbers: Iterator[int] = iter(range(10))

    def slow() -> int:
        number = next(numbers)
        if number:
            asked.set()
            assert resume_dispatch.wait(10)
        return number

    value = Sampled(slow, seconds=0.0)
    assert value.value() == 0
    value.forget()
    first: list[int] = []
    getting = threading.Thread(target=lambda: first.append(value.value()))
    getting.start()
    assert asked.wait(10)
    started = time.monotonic()
    assert value.value() == 0
    assert time.monotonic() - started < 5
    resume_dispatch.set()
    getting.join()
    assert first == [1]


def test_a_value_behind_a_page_is_never_waited_for() -> None:
    slow = threading.Event()
    numbers = iter(range(10))

    def get() -> int:
        slow.wait(10)
        return next(numbers)

    value = Behind(get, seconds=0.0)
    assert value.latest() is None
    assert value.latest() is None, "one thread gets it, however many ask"
    slow.set()
    wait_until(lambda: value.latest() is not None, "the value", seconds=5)


def test_a_failure_behind_a_page_leaves_it_unknown_and_is_tried_again() -> None:
    tries: list[int] = []

    def get() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("away")
        return 7

    value = Behind(get, seconds=0.0)
    wait_until(lambda: value.latest() == 7, "the value after two failures", seconds=5)

import threading
import time
from typing import Any

import gevent
import pytest
from gevent.thread import allocate_lock

from ai_worker.outbound.limits.call_slots import CallSlots
from tests.waiting import wait_until


class Calls:
    """Calls of threads of their own, each under way until it is told to end."""

    def __init__(self, call_slots: CallSlots) -> None:
        self._seats = call_slots
        self.under_way: list[int] = []
        self._ends: dict[int, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def begin(self, number: int, capacity: int | None = None) -> None:
        self._ends[number] = threading.Event()
        thread = threading.Thread(target=self._call, args=(number, capacity), daemon=True)
        self._threads.append(thread)
        thread.start()

    def end(self, number: int) -> None:
        self._ends[number].set()

    def _call(self, number: int, capacity: int | None) -> None:
        self._seats.take(capacity)
        self.under_way.append(number)
        assert self._ends[number].wait(20)
        self.under_way.remove(number)
        self._seats.leave()


def _waiting(call_slots: CallSlots) -> int:
    return len(call_slots._rare) + len(call_slots._waiting)


def test_without_a_bound_nobody_waits() -> None:
    call_slots = CallSlots()
    for _ in range(1000):
        call_slots.take(None)


def test_a_seat_goes_to_whoever_waits_longest() -> None:
    call_slots = CallSlots()
    call_slots.bound(2)
    calls = Calls(call_slots)
    for number in range(5):
        calls.begin(number)
        wait_until(
            lambda number=number: len(calls.under_way) + _waiting(call_slots) == number + 1, "the call"
        )  # type: ignore[misc]
    assert calls.under_way == [0, 1]
    calls.end(1)
    wait_until(lambda: calls.under_way == [0, 2], "the next")
    calls.end(0)
    wait_until(lambda: calls.under_way == [2, 3], "the next")
    for number in (2, 3, 4):
        calls.end(number)
    wait_until(lambda: not calls.under_way and not _waiting(call_slots), "the end")
    assert call_slots._free == 2


def test_a_call_whose_place_is_idle_goes_before_others() -> None:
    call_slots = CallSlots()
    call_slots.bound(2)
    calls = Calls(call_slots)
    for number, capacity in enumerate([None, None, None, 1, 2, 1]):
        calls.begin(number, capacity)
        wait_until(
            lambda number=number: len(calls.under_way) + _waiting(call_slots) == number + 1, "the call"
        )  # type: ignore[misc]
    for number, after in zip([0, 3, 5, 2], [3, 5, 2, 4], strict=True):
        calls.end(number)
        wait_until(lambda after=after: calls.under_way == [1, after], "the next")  # type: ignore[misc]
    calls.end(1)
    calls.end(4)


@pytest.mark.parametrize(
    ("most", "ended", "spare"),
    [(100, 0, 0), (100, 8, 2), (100, 100, 25), (100, 512, 99), (1000, 512, 128), (4, 512, 3), (1, 100, 0)],
)
def test_as_many_rows_are_ready_as_calls_end_meanwhile(
    monkeypatch: pytest.MonkeyPatch, most: int, ended: int, spare: int
) -> None:
    call_slots = CallSlots()
    call_slots.bound(most)
    now = time.monotonic()
    monkeypatch.setattr("ai_worker.outbound.limits.call_slots.time.monotonic", lambda: now)
    for _ in range(ended):
        call_slots.take(None)
        call_slots.leave()
    assert call_slots.spare() == spare
    monkeypatch.setattr("ai_worker.outbound.limits.call_slots.time.monotonic", lambda: now + 3600)
    assert call_slots.spare() == 0


@pytest.fixture
def green(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Locks as workers under gevent have them."""
    monkeypatch.setattr("ai_worker.outbound.limits.call_slots.threading.Lock", allocate_lock)


def test_a_killed_call_loses_no_seat(green: None) -> None:
    call_slots = CallSlots()
    call_slots.bound(1)
    call_slots.take(None)
    first, second = gevent.spawn(call_slots.take, None), gevent.spawn(call_slots.take, None)
    gevent.idle()
    assert _waiting(call_slots) == 2
    first.kill()
    assert _waiting(call_slots) == 1
    # Killed before it could take the slot that it was given.
    second.kill(block=False)
    call_slots.leave()
    second.join()
    assert call_slots._free == 1


def test_a_slot_is_free_until_calls_take_them_all() -> None:
    call_slots = CallSlots()
    assert call_slots.any_free()
    call_slots.bound(2)
    call_slots.take(None)
    assert call_slots.any_free()
    call_slots.take(None)
    assert not call_slots.any_free()
    call_slots.leave()
    assert call_slots.any_free()

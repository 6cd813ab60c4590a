"""Who waits for a place, and in which order."""

import threading

from ai_worker.outbound.limits.wait_queue import WaitQueue, longest_queue
from tests.waiting import wait_until

LONG = 20.0


class Waiting(threading.Thread):
    """One who waits, in a thread of its own."""

    def __init__(self, wait_queue: WaitQueue, seconds: float, *, again: bool = False) -> None:
        super().__init__(daemon=True)
        self._wait = lambda: wait_queue.wait("model", seconds, LONG, 100, again=again)
        self.goes: bool | None = None
        self.start()

    def run(self) -> None:
        self.goes = self._wait()


def _queue(wait_queue: WaitQueue) -> int:
    return len(wait_queue._queues.get("model", ()))


def _waiting(wait_queue: WaitQueue, seconds: float, *, again: bool = False) -> Waiting:
    before = _queue(wait_queue)
    waiting = Waiting(wait_queue, seconds, again=again)
    wait_until(lambda: _queue(wait_queue) > before, "the one who waits")
    return waiting


def test_a_free_place_is_told_to_whoever_waits_longest() -> None:
    wait_queue = WaitQueue()
    first, second = _waiting(wait_queue, LONG), _waiting(wait_queue, LONG)
    wait_queue.free("model")
    first.join(LONG)
    assert first.goes
    assert second.goes is None
    wait_queue.free("model")
    second.join(LONG)
    assert _queue(wait_queue) == 0
    wait_queue.free("model")


def test_whoever_waited_before_goes_first_and_is_never_turned_away() -> None:
    wait_queue = WaitQueue()
    others = [_waiting(wait_queue, LONG) for _ in range(longest_queue(100))]
    assert wait_queue.wait("model", LONG, LONG, 100) is False, "as many wait as may"
    back = _waiting(wait_queue, LONG, again=True)
    wait_queue.free("model")
    back.join(LONG)
    assert back.goes
    assert [other.goes for other in others] == [None] * len(others)
    for _ in others:
        wait_queue.free("model")


def test_only_the_first_asks_by_itself() -> None:
    wait_queue = WaitQueue()
    first = _waiting(wait_queue, LONG)
    second = _waiting(wait_queue, 0.0)
    assert second.goes is None, "its time has come, but it could only take the first one's place"
    wait_queue.free("model")
    first.join(LONG)
    second.join(LONG)
    assert second.goes, "it is the first now, and its time has come"


def test_nobody_waits_longer_than_told() -> None:
    wait_queue = WaitQueue()
    first = _waiting(wait_queue, LONG)
    assert wait_queue.wait("model", LONG, 0.02, 100)
    assert _queue(wait_queue) == 1
    wait_queue.free("model")
    first.join(LONG)


def test_places_of_models_without_a_bound_have_a_short_queue() -> None:
    assert [longest_queue(capacity) for capacity in (None, 1, 8, 10, 100)] == [4, 4, 4, 5, 50]

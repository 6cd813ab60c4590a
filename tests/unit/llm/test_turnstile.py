"""Who waits for a place, and in which order."""

import threading

from ai_worker.llm.turnstile import Turnstile, longest_queue
from tests.waiting import wait_until

LONG = 20.0


class Waiting(threading.Thread):
    """One who waits, in a thread of its own."""

    def __init__(self, turnstile: Turnstile, seconds: float, *, again: bool = False) -> None:
        super().__init__(daemon=True)
        self._wait = lambda: turnstile.wait("model", seconds, LONG, 100, again=again)
        self.goes: bool | None = None
        self.start()

    def run(self) -> None:
        self.goes = self._wait()


def _queue(turnstile: Turnstile) -> int:
    return len(turnstile._queues.get("model", ()))


def _waiting(turnstile: Turnstile, seconds: float, *, again: bool = False) -> Waiting:
    before = _queue(turnstile)
    waiting = Waiting(turnstile, seconds, again=again)
    wait_until(lambda: _queue(turnstile) > before, "the one who waits")
    return waiting


def test_a_free_place_is_told_to_whoever_waits_longest() -> None:
    turnstile = Turnstile()
    first, second = _waiting(turnstile, LONG), _waiting(turnstile, LONG)
    turnstile.free("model")
    first.join(LONG)
    assert first.goes
    assert second.goes is None
    turnstile.free("model")
    second.join(LONG)
    assert _queue(turnstile) == 0
    turnstile.free("model")


def test_whoever_waited_before_goes_first_and_is_never_turned_away() -> None:
    turnstile = Turnstile()
    others = [_waiting(turnstile, LONG) for _ in range(longest_queue(100))]
    assert turnstile.wait("model", LONG, LONG, 100) is False, "as many wait as may"
    back = _waiting(turnstile, LONG, again=True)
    turnstile.free("model")
    back.join(LONG)
    assert back.goes
    assert [other.goes for other in others] == [None] * len(others)
    for _ in others:
        turnstile.free("model")


def test_only_the_first_asks_by_itself() -> None:
    turnstile = Turnstile()
    first = _waiting(turnstile, LONG)
    second = _waiting(turnstile, 0.0)
    assert second.goes is None, "its time has come, but it could only take the first one's place"
    turnstile.free("model")
    first.join(LONG)
    second.join(LONG)
    assert second.goes, "it is the first now, and its time has come"


def test_nobody_waits_longer_than_told() -> None:
    turnstile = Turnstile()
    first = _waiting(turnstile, LONG)
    assert turnstile.wait("model", LONG, 0.02, 100)
    assert _queue(turnstile) == 1
    turnstile.free("model")
    first.join(LONG)


def test_places_of_models_without_a_bound_have_a_short_queue() -> None:
    assert [longest_queue(places) for places in (None, 1, 8, 10, 100)] == [4, 4, 4, 5, 50]

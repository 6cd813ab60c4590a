"""Repeats within an attempt, and whose attempt a fault of the model costs."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from ai_worker.errors import NotNow, WorkError
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    Overloaded,
    RateLimited,
    ServerFault,
    Unreachable,
)
from ai_worker.pipelines.worlds.asking.patience import (
    LONGEST_PAUSE,
    PICTURE_FAULTS,
    TEXT_FAULTS,
    TRIES,
    patiently,
)


class Model:
    """Answers with one fault after the other, then with a word."""

    def __init__(self, *faults: WorkError) -> None:
        self.faults = list(faults)
        self.calls = 0
        self.pauses: list[float] = []

    def ask(self) -> str:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        return "answered"

    def asked(self, key: str, faults: tuple[type[CallError], ...] = TEXT_FAULTS) -> str:
        return patiently(key, self.ask, faults, self.pauses.append)


def counted(fault: CallError) -> CallError:
    """As `outbound` raises it while the breaker is closed: the try counts."""
    fault.outage = False
    return fault


@pytest.mark.parametrize("kind", TEXT_FAULTS)
def test_a_blip_is_repeated_within_the_attempt(kind: type[CallError]) -> None:
    model = Model(*(counted(kind("500")) for _ in range(TRIES - 1)))
    assert model.asked(f"blip {kind}") == "answered"
    assert [round(pause, 0) for pause in (10 * pause for pause in model.pauses)] == pytest.approx(
        [5, 10], abs=1
    )


def test_a_model_that_answers_nobody_costs_no_attempt() -> None:
    model = Model(*(counted(ServerFault("500")) for _ in range(TRIES)))
    with pytest.raises(ServerFault) as caught:
        model.asked("out of order")
    assert (model.calls, caught.value.uses_attempt, caught.value.outage) == (TRIES, False, True)
    assert 5 <= (caught.value.retry_after or 0) <= 10


@pytest.mark.parametrize("neighbour", [Model(), Model(BadAnswer("not JSON"))], ids=["answered", "badly"])
def test_a_job_that_fails_while_its_neighbours_are_answered_loses_its_attempt(neighbour: Model) -> None:
    model = Model(*(counted(ServerFault("500")) for _ in range(TRIES)))

    def meanwhile(_: float) -> None:
        with suppress(BadAnswer):
            neighbour.asked("busy")

    with pytest.raises(ServerFault) as caught:
        patiently("busy", model.ask, TEXT_FAULTS, meanwhile)
    assert caught.value.uses_attempt and not caught.value.outage


@pytest.mark.parametrize(
    "fault",
    [
        lambda: counted(DeadlineExceeded("too slow")),
        lambda: BadAnswer("not JSON"),
        lambda: RateLimited("429"),
        lambda: NotNow("circuit open", retry_after=5),
    ],
)
def test_other_faults_are_not_repeated(fault: Callable[[], WorkError]) -> None:
    model = Model(fault())
    with pytest.raises(WorkError) as caught:
        model.asked("other")
    assert model.calls == 1
    assert caught.value.uses_attempt == fault().uses_attempt


def test_a_known_outage_is_waited_for_elsewhere() -> None:
    fault = ServerFault("500", retry_after=7)
    fault.uses_attempt = False
    model = Model(fault)
    with pytest.raises(ServerFault) as caught:
        model.asked("known")
    assert (model.calls, caught.value.retry_after) == (1, 7)


def test_a_long_pause_is_not_waited_for_in_the_job() -> None:
    model = Model(counted(Overloaded("503", retry_after=LONGEST_PAUSE + 1)))
    with pytest.raises(Overloaded):
        model.asked("long")
    assert (model.calls, model.pauses) == (1, [])


def test_a_picture_that_may_be_on_the_bill_is_not_repeated_here() -> None:
    model = Model(counted(Unreachable("reset")))
    with pytest.raises(Unreachable):
        model.asked("painter", PICTURE_FAULTS)
    assert model.calls == 1

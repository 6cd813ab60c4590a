"""What every gate promises its callers, with and without Redis."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ai_worker.errors import BadRequest, NotNow
from ai_worker.llm.breaker import Rules
from ai_worker.llm.errors import BadAnswer, DeadlineExceeded, RateLimited, RequestRejected, ServerFault, Unreachable
from ai_worker.llm.local_permits import LocalPermits
from ai_worker.llm.model import Limits, Model
from ai_worker.llm.permit import Closed, Gate, ModelState
from ai_worker.llm.turnstile import SHORTEST_QUEUE
from ai_worker.llm.window import Span
from tests.waiting import wait_until

NewGate = Callable[..., Gate]


@pytest.fixture(params=["redis", "local"])
def new_gate(request: pytest.FixtureRequest) -> Iterator[NewGate]:
    yield request.getfixturevalue("new_permits") if request.param == "redis" else LocalPermits


@pytest.fixture
def gate(new_gate: NewGate) -> Gate:
    return new_gate()


@pytest.fixture
def probed(new_gate: NewGate) -> Gate:
    """A gate whose model's breaker has opened and would let a probe through."""
    gate = new_gate(rules=Rules(open_first=0.3))
    fail(gate, 10)
    wait_until(lambda: not closed(gate, model()), "the time for a probe")
    return gate


def model(name: str = "m", **limits: int) -> Model:
    return Model(name, "offline", "", limits=Limits(**limits))


def state(gate: Gate, key: str = "offline/m") -> ModelState:
    """The model's state, once everything settled has arrived."""
    getattr(gate, "flush", bool)()
    return next(state for state in gate.states() if state.key == key)


def closed(gate: Gate, *models: Model) -> dict[str, Closed]:
    return {key: state.closed for key, state in gate.outlook(models, 0).items() if state.closed}


def room(gate: Gate, seconds: float, *models: Model) -> dict[str, int | None]:
    return {key: state.room for key, state in gate.outlook(models, seconds).items()}


def refused(gate: Gate, asked: Model, tokens: int = 0) -> NotNow:
    with pytest.raises(NotNow) as caught:
        gate.acquire(asked, tokens)
    return caught.value


def fail(gate: Gate, times: int, error: BaseException | None = None) -> None:
    for _ in range(times):
        gate.settle(gate.acquire(model()), error or ServerFault("bang"))
        getattr(gate, "flush", bool)()


def test_requests_per_minute(gate: Gate) -> None:
    asked = model(requests_per_minute=3)
    for _ in range(3):
        gate.settle(gate.acquire(asked))
    refusal = refused(gate, asked)
    assert str(refusal) == "offline/m: limit of 3 requests per minute reached"
    assert 60 < (refusal.retry_after or 0) < 66
    assert closed(gate, asked)["offline/m"].reason == str(refusal)


def test_a_refused_call_may_go_when_it_was_told(new_gate: NewGate) -> None:
    gate = new_gate(span=Span(0.5, 1.0))
    asked = model(requests_per_minute=1)
    gate.settle(gate.acquire(asked))
    told = time.monotonic() + (refused(gate, asked).retry_after or 0)
    gate.acquire(asked, patience=10)
    assert time.monotonic() < told + 2


def test_tokens_are_reserved_by_estimate_and_settled_by_the_true_count(gate: Gate) -> None:
    asked = model(tokens_per_minute=100)
    first = gate.acquire(asked, 60)
    assert "limit of 100 tokens per minute" in str(refused(gate, asked, 50))
    gate.settle(first, tokens=10)
    assert state(gate).used.tokens == 10
    second = gate.acquire(asked, 90)
    gate.settle(second, tokens=95)
    assert state(gate).used.tokens == 105
    refused(gate, asked, 1)


def test_a_settlement_that_arrives_twice_counts_once(gate: Gate) -> None:
    asked = model(tokens_per_minute=100)
    gate.acquire(asked, 30)
    twice = gate.acquire(asked, 60)
    gate.settle(twice, tokens=20)
    gate.settle(twice, tokens=20)
    gate.give_back(twice)
    assert (state(gate).used.tokens, state(gate).used.requests) == (50, 2)


def test_tokens_that_nobody_counted_stay_reserved(gate: Gate) -> None:
    asked = model(tokens_per_minute=100)
    gate.settle(gate.acquire(asked, 60), Unreachable("broke off"))
    assert state(gate).used.tokens == 60


def test_what_no_window_can_hold_is_a_bad_request(gate: Gate) -> None:
    with pytest.raises(BadRequest, match=r"estimated at 101 tokens.*limit is 100"):
        gate.acquire(model(tokens_per_minute=100), 101)


def test_calls_in_flight(gate: Gate) -> None:
    asked = model(in_flight=2)
    first, second = gate.acquire(asked), gate.acquire(asked)
    assert "limit of 2 calls in flight" in str(refused(gate, asked))
    gate.settle(first)
    gate.settle(first)
    third = gate.acquire(asked)
    refused(gate, asked)
    gate.settle(second)
    gate.settle(third)
    assert state(gate).used.in_flight == 0


def test_a_call_that_never_left_counts_for_nothing(gate: Gate) -> None:
    asked = model(requests_per_minute=1, tokens_per_minute=10, in_flight=1)
    for _ in range(3):
        gate.give_back(gate.acquire(asked, 10))
    used = state(gate).used
    assert (used.requests, used.tokens, used.in_flight) == (0, 0, 0)


def test_patience_waits_for_the_place_that_comes_free(gate: Gate) -> None:
    asked = model(in_flight=1)
    permit = gate.acquire(asked)
    held_until = []

    def end() -> None:
        held_until.append(time.monotonic())
        gate.settle(permit)

    timer = threading.Timer(0.2, end)
    timer.start()
    gate.acquire(asked, patience=10)
    assert 0 <= time.monotonic() - held_until[0] < 2
    timer.join()


def test_only_a_few_wait_here_for_a_place_and_the_others_are_told_when_to_come_again(gate: Gate) -> None:
    asked = model(in_flight=1)
    held = gate.acquire(asked)
    refusals, granted = [], []

    def ask() -> None:
        try:
            permit = gate.acquire(asked, patience=10)
        except NotNow as refusal:
            refusals.append(refusal)
        else:
            granted.append(permit)
            gate.settle(permit)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(refusals) == 6 - SHORTEST_QUEUE, "the refusals")
    gate.settle(held)
    for thread in threads:
        thread.join()
    assert len(granted) == SHORTEST_QUEUE


def test_patience_does_not_outlast_itself_nor_wait_for_a_cooldown(gate: Gate) -> None:
    asked = model(requests_per_minute=1)
    gate.acquire(asked)
    gate.cool_down("offline/other", 30, "429")
    begun = time.monotonic()
    with pytest.raises(NotNow):
        gate.acquire(asked, patience=5)
    with pytest.raises(NotNow):
        gate.acquire(model("other"), patience=60)
    assert time.monotonic() - begun < 5


def test_a_cooldown_of_a_provider_holds_its_models_and_no_others(gate: Gate) -> None:
    gate.cool_down(model().server, 20, "Retry-After")
    gate.cool_down("gemini/x", 50, "quota")
    assert str(refused(gate, model())) == "offline/m: cooling down: Retry-After"
    gate.acquire(Model("y", "gemini", ""))
    found = closed(gate, model(), model("never-asked"), Model("x", "gemini", ""), Model("y", "gemini", ""))
    assert set(found) == {"offline/m", "offline/never-asked", "gemini/x"}
    assert 18 < found["offline/m"].retry_after <= 20
    assert 48 < found["gemini/x"].retry_after <= 50


def test_a_cooldown_of_one_server_does_not_hold_another_of_the_same_form(gate: Gate) -> None:
    rented, own = (Model("m", "openai", url) for url in ("https://api.openai.com/v1", "http://key:secret@localhost:8000/v1"))
    assert own.server == "openai@localhost:8000"
    own = replace(own, name="local")
    gate.cool_down(rented.server, 20, "Retry-After")
    gate.acquire(own)
    assert set(closed(gate, rented, replace(rented, name="other"), own)) == {"openai/m", "openai/other"}
    assert [state.cooling_for > 0 for state in sorted(gate.states(), key=lambda state: state.key) if state.key == own.key] == [False]
    refused(gate, rented)


def test_a_longer_cooldown_stays(gate: Gate) -> None:
    for seconds in (10, 40, 0, 20):
        gate.cool_down(model().server, seconds, f"{seconds} s")
    refusal = refused(gate, model())
    assert "40 s" in str(refusal)
    assert 38 < (refusal.retry_after or 0) < 42


def test_the_breaker_opens_by_rate_and_says_why(gate: Gate) -> None:
    for _ in range(5):
        gate.settle(gate.acquire(model()))
    fail(gate, 4, DeadlineExceeded("no whole answer within 90 s"))
    gate.settle(gate.acquire(model()))
    assert state(gate).breaker == "closed", "4 of 10"
    fail(gate, 2, Unreachable("connection refused"))
    shown = state(gate)
    assert shown.breaker == "open"
    assert shown.breaker_reason == "6 of 12 calls failed, last: unreachable: connection refused"
    assert shown.breaker_since is not None
    assert shown.closed is not None
    assert shown.closed.reason == f"offline/m: circuit open: {shown.breaker_reason}"
    assert str(refused(gate, model())) == shown.closed.reason
    gate.acquire(model("another"))


@pytest.mark.parametrize("error", [RateLimited("429"), RequestRejected("400"), BadAnswer("no JSON"), KeyError("a bug of ours")])
def test_what_is_not_the_models_fault_does_not_open_the_breaker(gate: Gate, error: BaseException) -> None:
    fail(gate, 12, error)
    assert state(gate).breaker == "closed"


def test_one_probe_decides(probed: Gate) -> None:
    assert room(probed, 0, model()) == {"offline/m": 1}
    probe = probed.acquire(model())
    assert probe.probe
    assert "one probe under way" in str(refused(probed, model()))
    assert state(probed).breaker == "half_open"
    assert room(probed, 10, model()) == {"offline/m": 0}
    probed.settle(probe, RateLimited("429: it is alive"))
    assert state(probed).breaker == "closed"
    probed.settle(probed.acquire(model()))


def test_a_failed_probe_opens_for_longer(new_gate: NewGate) -> None:
    gate = new_gate(rules=Rules(open_first=1.0))
    fail(gate, 10)
    assert 0 < state(gate).open_for <= 1
    wait_until(lambda: not closed(gate, model()), "the time for a probe")
    fail(gate, 1)
    shown = state(gate)
    assert shown.breaker == "open"
    assert 1 < shown.open_for <= 2
    assert shown.breaker_reason == "server_fault: bang"


def test_a_probe_that_says_nothing_makes_way_for_the_next(probed: Gate) -> None:
    probed.give_back(probed.acquire(model()))
    probe = probed.acquire(model())
    assert probe.probe
    probed.settle(probe)
    assert state(probed).breaker == "closed"


def test_calls_from_before_the_opening_do_not_open_it_again(new_gate: NewGate) -> None:
    gate = new_gate(rules=Rules(open_first=0.3))
    old = [gate.acquire(model()) for _ in range(30)]
    fail(gate, 10)
    wait_until(lambda: not closed(gate, model()), "the time for a probe")
    gate.settle(gate.acquire(model()))
    assert state(gate).breaker == "closed"
    for permit in old:
        gate.settle(permit, DeadlineExceeded("90 s"))
    assert state(gate).breaker == "closed"


def test_room_is_what_the_limits_leave(gate: Gate) -> None:
    by_requests, by_tokens, by_calls = model(requests_per_minute=10), model("t", tokens_per_minute=100), model("c", in_flight=3)
    gate.acquire(by_requests)
    gate.acquire(by_tokens, 20)
    gate.acquire(by_calls)
    gate.acquire(model("free"))
    asked = [by_requests, by_tokens, by_calls, model("free"), model("never-asked"), model("new", in_flight=7)]
    assert list(room(gate, 0, *asked).values()) == [9, 4, 2, None, None, 7]
    assert room(gate, 70, by_requests) == {"offline/m": 10}
    assert closed(gate, *asked) == {}


def test_room_is_what_the_limits_of_now_leave(gate: Gate) -> None:
    gate.acquire(model(in_flight=2))
    assert room(gate, 0, model(in_flight=5)) == {"offline/m": 4}
    assert room(gate, 0, model()) == {"offline/m": None}


def test_states_show_limits_and_what_is_used(gate: Gate) -> None:
    gate.acquire(model(requests_per_minute=10, tokens_per_minute=100, in_flight=3), 7)
    shown = state(gate)
    assert shown.limits == Limits(10, 100, 3)
    assert (shown.used.requests, shown.used.tokens, shown.used.in_flight) == (1, 7, 1)
    assert (shown.breaker, shown.breaker_since, shown.cooling_for, shown.room, shown.closed) == ("closed", None, 0, 2, None)


def test_no_keys_no_answer(gate: Gate) -> None:
    assert gate.outlook([], 1) == {}
    assert gate.states() == []


@pytest.mark.parametrize("threads", [1, 16])
def test_threads_share_one_gate(gate: Gate, threads: int) -> None:
    asked = model(requests_per_minute=40, in_flight=1000)
    granted: list[Any] = []
    refusals: list[NotNow] = []

    def ask() -> None:
        for _ in range(80 // threads):
            try:
                granted.append(gate.acquire(asked))
            except NotNow as refusal:
                refusals.append(refusal)

    started = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert (len(granted), len(refusals)) == (40, 40)
    assert len({permit.id for permit in granted}) == 40

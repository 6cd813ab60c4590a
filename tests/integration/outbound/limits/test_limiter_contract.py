"""What every limiter promises its callers, with and without Redis."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ai_worker.errors import BadRequest, NotNow
from ai_worker.llm.model import Model
from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.errors import (
    BadAnswer,
    DeadlineExceeded,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unreachable,
)
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.limiter import Closed, Limiter, ModelState
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from ai_worker.outbound.limits.wait_queue import SHORTEST_QUEUE
from tests.waiting import wait_until

NewLimiter = Callable[..., Limiter]


@pytest.fixture(params=["redis", "local"])
def new_limiter(request: pytest.FixtureRequest) -> Iterator[NewLimiter]:
    yield request.getfixturevalue("new_permits") if request.param == "redis" else LocalLimiter


@pytest.fixture
def limiter(new_limiter: NewLimiter) -> Limiter:
    return new_limiter()


@pytest.fixture
def probed(new_limiter: NewLimiter) -> Limiter:
    """A limiter whose model's breaker has opened and would let a probe through."""
    limiter = new_limiter(rules=Rules(open_first=0.3))
    fail(limiter, 10)
    wait_until(lambda: not closed(limiter, model()), "the time for a probe")
    return limiter


def model(name: str = "m", **limits: int) -> Model:
    return Model(name, "offline", "", limits=Limits(**limits))


def state(limiter: Limiter, key: str = "offline/m") -> ModelState:
    """The model's state, once everything settled has arrived."""
    getattr(limiter, "flush", bool)()
    return next(state for state in limiter.states() if state.key == key)


def closed(limiter: Limiter, *models: Model) -> dict[str, Closed]:
    return {state.key: state.closed for state in limiter.availability(models, 0).values() if state.closed}


def capacity(limiter: Limiter, seconds: float, *models: Model) -> dict[str, int | None]:
    return {state.key: state.capacity for state in limiter.availability(models, seconds).values()}


def refused(limiter: Limiter, asked: Model, tokens: int = 0) -> NotNow:
    with pytest.raises(NotNow) as caught:
        limiter.acquire(asked, tokens)
    return caught.value


def fail(limiter: Limiter, times: int, error: BaseException | None = None) -> None:
    for _ in range(times):
        limiter.settle(limiter.acquire(model()), error or ServerFault("bang"))
        getattr(limiter, "flush", bool)()


def test_requests_per_minute(limiter: Limiter) -> None:
    asked = model(requests_per_minute=3)
    for _ in range(3):
        limiter.settle(limiter.acquire(asked))
    refusal = refused(limiter, asked)
    assert str(refusal) == "offline/m: limit of 3 requests per minute reached"
    assert 60 < (refusal.retry_after or 0) < 66
    assert closed(limiter, asked)["offline/m"].reason == str(refusal)


def test_a_refused_call_may_go_when_it_was_told(new_limiter: NewLimiter) -> None:
    limiter = new_limiter(window=SlidingWindow(0.5, 1.0))
    asked = model(requests_per_minute=1)
    limiter.settle(limiter.acquire(asked))
    told = time.monotonic() + (refused(limiter, asked).retry_after or 0)
    limiter.acquire(asked, patience=10)
    assert time.monotonic() < told + 2


def test_tokens_are_reserved_by_estimate_and_settled_by_the_true_count(limiter: Limiter) -> None:
    asked = model(tokens_per_minute=100)
    first = limiter.acquire(asked, 60)
    assert "limit of 100 tokens per minute" in str(refused(limiter, asked, 50))
    limiter.settle(first, tokens=10)
    assert state(limiter).used.tokens == 10
    second = limiter.acquire(asked, 90)
    limiter.settle(second, tokens=95)
    assert state(limiter).used.tokens == 105
    refused(limiter, asked, 1)


def test_a_settlement_that_arrives_twice_counts_once(limiter: Limiter) -> None:
    asked = model(tokens_per_minute=100)
    limiter.acquire(asked, 30)
    twice = limiter.acquire(asked, 60)
    limiter.settle(twice, tokens=20)
    limiter.settle(twice, tokens=20)
    limiter.give_back(twice)
    assert (state(limiter).used.tokens, state(limiter).used.requests) == (50, 2)


def test_tokens_that_nobody_counted_stay_reserved(limiter: Limiter) -> None:
    asked = model(tokens_per_minute=100)
    limiter.settle(limiter.acquire(asked, 60), Unreachable("broke off"))
    assert state(limiter).used.tokens == 60


def test_what_no_window_can_hold_is_a_bad_request(limiter: Limiter) -> None:
    with pytest.raises(BadRequest, match=r"estimated at 101 tokens.*limit is 100"):
        limiter.acquire(model(tokens_per_minute=100), 101)


def test_calls_in_flight(limiter: Limiter) -> None:
    asked = model(in_flight=2)
    first, second = limiter.acquire(asked), limiter.acquire(asked)
    assert "limit of 2 calls in flight" in str(refused(limiter, asked))
    limiter.settle(first)
    limiter.settle(first)
    third = limiter.acquire(asked)
    refused(limiter, asked)
    limiter.settle(second)
    limiter.settle(third)
    assert state(limiter).used.in_flight == 0


def test_places_are_scarce_once_more_than_half_are_taken(limiter: Limiter) -> None:
    asked = model(in_flight=4)
    assert [limiter.acquire(asked).scarce for _ in range(4)] == [False, False, True, True]
    assert not limiter.acquire(model("b")).scarce


def test_a_call_that_never_left_counts_for_nothing(limiter: Limiter) -> None:
    asked = model(requests_per_minute=1, tokens_per_minute=10, in_flight=1)
    for _ in range(3):
        limiter.give_back(limiter.acquire(asked, 10))
    used = state(limiter).used
    assert (used.requests, used.tokens, used.in_flight) == (0, 0, 0)


def test_patience_waits_for_the_place_that_comes_free(limiter: Limiter) -> None:
    asked = model(in_flight=1)
    permit = limiter.acquire(asked)
    held_until = []

    def end() -> None:
        held_until.append(time.monotonic())
        limiter.settle(permit)

    timer = threading.Timer(0.2, end)
    timer.start()
    limiter.acquire(asked, patience=10)
    assert 0 <= time.monotonic() - held_until[0] < 2
    timer.join()


def test_only_a_few_wait_here_for_a_place_and_the_others_are_told_when_to_come_again(
    limiter: Limiter,
) -> None:
    asked = model(in_flight=1)
    held = limiter.acquire(asked)
    refusals, granted = [], []

    def ask() -> None:
        try:
            permit = limiter.acquire(asked, patience=10)
        except NotNow as refusal:
            refusals.append(refusal)
        else:
            granted.append(permit)
            limiter.settle(permit)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(refusals) == 6 - SHORTEST_QUEUE, "the refusals")
    limiter.settle(held)
    for thread in threads:
        thread.join()
    assert len(granted) == SHORTEST_QUEUE


def test_patience_does_not_outlast_itself_nor_wait_for_a_cooldown(limiter: Limiter) -> None:
    asked = model(requests_per_minute=1)
    limiter.acquire(asked)
    limiter.cool_down("offline/other", 30, "429")
    begun = time.monotonic()
    with pytest.raises(NotNow):
        limiter.acquire(asked, patience=5)
    with pytest.raises(NotNow):
        limiter.acquire(model("other"), patience=60)
    assert time.monotonic() - begun < 5


def test_a_cooldown_of_a_provider_holds_its_models_and_no_others(limiter: Limiter) -> None:
    limiter.cool_down(model().server, 20, "Retry-After")
    limiter.cool_down("gemini/x", 50, "quota")
    assert str(refused(limiter, model())) == "offline/m: cooling down: Retry-After"
    limiter.acquire(Model("y", "gemini", ""))
    found = closed(limiter, model(), model("never-asked"), Model("x", "gemini", ""), Model("y", "gemini", ""))
    assert set(found) == {"offline/m", "offline/never-asked", "gemini/x"}
    assert 18 < found["offline/m"].retry_after <= 20
    assert 48 < found["gemini/x"].retry_after <= 50


def test_a_cooldown_of_one_server_does_not_hold_another_of_the_same_form(limiter: Limiter) -> None:
    rented, own = (
        Model("m", "openai", url)
        for url in ("https://api.openai.com/v1", "http://key:secret@localhost:8000/v1")
    )
    assert own.server == "openai@localhost:8000"
    own = replace(own, name="local")
    limiter.cool_down(rented.server, 20, "Retry-After")
    limiter.acquire(own)
    assert set(closed(limiter, rented, replace(rented, name="other"), own)) == {"openai/m", "openai/other"}
    assert [
        state.cooling_for > 0
        for state in sorted(limiter.states(), key=lambda state: state.key)
        if state.key == own.key
    ] == [False]
    refused(limiter, rented)


def test_a_longer_cooldown_stays(limiter: Limiter) -> None:
    for seconds in (10, 40, 0, 20):
        limiter.cool_down(model().server, seconds, f"{seconds} s")
    refusal = refused(limiter, model())
    assert "40 s" in str(refusal)
    assert 38 < (refusal.retry_after or 0) < 42


def test_the_breaker_opens_by_rate_and_says_why(limiter: Limiter) -> None:
    for _ in range(5):
        limiter.settle(limiter.acquire(model()))
    fail(limiter, 4, DeadlineExceeded("no whole answer within 90 s"))
    limiter.settle(limiter.acquire(model()))
    assert state(limiter).breaker == "closed", "4 of 10"
    fail(limiter, 2, Unreachable("connection refused"))
    shown = state(limiter)
    assert shown.breaker == "open"
    assert shown.breaker_reason == "6 of 12 calls failed, last: unreachable: connection refused"
    assert shown.breaker_since is not None
    assert shown.closed is not None
    assert shown.closed.reason == f"offline/m: circuit open: {shown.breaker_reason}"
    assert str(refused(limiter, model())) == shown.closed.reason
    limiter.acquire(model("another"))


@pytest.mark.parametrize(
    "error", [RateLimited("429"), RequestRejected("400"), BadAnswer("no JSON"), KeyError("a bug of ours")]
)
def test_what_is_not_the_models_fault_does_not_open_the_breaker(
    limiter: Limiter, error: BaseException
) -> None:
    fail(limiter, 12, error)
    assert state(limiter).breaker == "closed"


def test_one_probe_decides(probed: Limiter) -> None:
    assert capacity(probed, 0, model()) == {"offline/m": 1}
    probe = probed.acquire(model())
    assert probe.probe
    assert "one probe under way" in str(refused(probed, model()))
    assert state(probed).breaker == "half_open"
    assert capacity(probed, 10, model()) == {"offline/m": 0}
    probed.settle(probe, RateLimited("429: it is alive"))
    assert state(probed).breaker == "closed"
    probed.settle(probed.acquire(model()))


def test_a_failed_probe_opens_for_longer(new_limiter: NewLimiter) -> None:
    limiter = new_limiter(rules=Rules(open_first=1.0))
    fail(limiter, 10)
    assert 0 < state(limiter).open_for <= 1
    wait_until(lambda: not closed(limiter, model()), "the time for a probe")
    fail(limiter, 1)
    shown = state(limiter)
    assert shown.breaker == "open"
    assert 1 < shown.open_for <= 2
    assert shown.breaker_reason == "server_fault: bang"


def test_a_probe_that_says_nothing_makes_way_for_the_next(probed: Limiter) -> None:
    probed.give_back(probed.acquire(model()))
    probe = probed.acquire(model())
    assert probe.probe
    probed.settle(probe)
    assert state(probed).breaker == "closed"


def test_calls_from_before_the_opening_do_not_open_it_again(new_limiter: NewLimiter) -> None:
    limiter = new_limiter(rules=Rules(open_first=0.3))
    old = [limiter.acquire(model()) for _ in range(30)]
    fail(limiter, 10)
    wait_until(lambda: not closed(limiter, model()), "the time for a probe")
    limiter.settle(limiter.acquire(model()))
    assert state(limiter).breaker == "closed"
    for permit in old:
        limiter.settle(permit, DeadlineExceeded("90 s"))
    assert state(limiter).breaker == "closed"


def test_room_is_what_the_limits_leave(limiter: Limiter) -> None:
    by_requests, by_tokens, by_calls = (
        model(requests_per_minute=10),
        model("t", tokens_per_minute=100),
        model("c", in_flight=3),
    )
    limiter.acquire(by_requests)
    limiter.acquire(by_tokens, 20)
    limiter.acquire(by_calls)
    limiter.acquire(model("free"))
    asked = [by_requests, by_tokens, by_calls, model("free"), model("never-asked"), model("new", in_flight=7)]
    assert list(capacity(limiter, 0, *asked).values()) == [9, 4, 2, None, None, 7]
    assert capacity(limiter, 70, by_requests) == {"offline/m": 10}
    assert closed(limiter, *asked) == {}


def test_room_is_what_the_limits_of_now_leave(limiter: Limiter) -> None:
    limiter.acquire(model(in_flight=2))
    assert capacity(limiter, 0, model(in_flight=5)) == {"offline/m": 4}
    assert capacity(limiter, 0, model()) == {"offline/m": None}


def test_states_show_limits_and_what_is_used(limiter: Limiter) -> None:
    limiter.acquire(model(requests_per_minute=10, tokens_per_minute=100, in_flight=3), 7)
    shown = state(limiter)
    assert shown.limits == Limits(10, 100, 3)
    assert (shown.used.requests, shown.used.tokens, shown.used.in_flight) == (1, 7, 1)
    assert (shown.breaker, shown.breaker_since, shown.cooling_for, shown.capacity, shown.closed) == (
        "closed",
        None,
        0,
        2,
        None,
    )


def test_no_keys_no_answer(limiter: Limiter) -> None:
    assert limiter.availability([], 1) == {}
    assert limiter.states() == []


@pytest.mark.parametrize("threads", [1, 16])
def test_threads_share_one_limiter(limiter: Limiter, threads: int) -> None:
    asked = model(requests_per_minute=40, in_flight=1000)
    granted: list[Any] = []
    refusals: list[NotNow] = []

    def ask() -> None:
        for _ in range(80 // threads):
            try:
                granted.append(limiter.acquire(asked))
            except NotNow as refusal:
                refusals.append(refusal)

    started = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert (len(granted), len(refusals)) == (40, 40)
    assert len({permit.id for permit in granted}) == 40


GATES = Rules(cool_floor=0.2, cool_floor_cap=0.8, closed_first=0.4, closed_cap=30)


def shut_for(limiter: Limiter, asked: Model) -> float:
    return closed(limiter, asked)[asked.key].retry_after


def test_a_wait_of_nothing_is_no_endless_loop(new_limiter: NewLimiter) -> None:
    """Azure really sends a wait of 0."""
    limiter, asked, waits = new_limiter(rules=GATES), model(), []
    by = limiter.acquire(asked)
    for _ in range(4):
        limiter.cool_down(asked.key, 0.0, "429", by=by)
        waits.append(shut_for(limiter, asked))
        limiter.settle(by, RateLimited("429"))
        wait_until(lambda: not closed(limiter, asked), "the cooldown's end")
        by = limiter.acquire(asked)
    assert [round(wait, 1) for wait in waits] == [0.2, 0.4, 0.8, 0.8], "a floor that doubles, and a cap"


def test_many_that_are_refused_together_are_one_refusal(new_limiter: NewLimiter) -> None:
    limiter, asked = new_limiter(rules=GATES), model()
    under_way = [limiter.acquire(asked) for _ in range(20)]
    for permit in under_way:
        limiter.cool_down(asked.key, 0.1, "429", by=permit)
        limiter.settle(permit, RateLimited("429"))
    assert shut_for(limiter, asked) <= 0.2


def test_after_a_cooldown_one_call_goes_first(new_limiter: NewLimiter) -> None:
    limiter, asked = new_limiter(rules=GATES), model()
    limiter.cool_down(asked.key, 0.2, "429")
    wait_until(lambda: not closed(limiter, asked), "the cooldown's end")
    assert capacity(limiter, 5, asked) == {asked.key: 1}, "and one row is handed out for it"
    first = limiter.acquire(asked)
    assert "one call goes first" in str(refused(limiter, asked))
    limiter.settle(first)
    getattr(limiter, "flush", bool)()
    limiter.acquire(asked)
    limiter.acquire(asked)
    assert capacity(limiter, 5, asked) == {asked.key: None}


def test_a_call_that_went_first_and_never_left_makes_way(new_limiter: NewLimiter) -> None:
    limiter, asked = new_limiter(rules=GATES), model()
    limiter.cool_down(asked.key, 0.2, "429")
    wait_until(lambda: not closed(limiter, asked), "the cooldown's end")
    limiter.give_back(limiter.acquire(asked))
    getattr(limiter, "flush", bool)()
    assert limiter.acquire(asked)


def test_a_closed_model_is_tried_by_one_call_at_growing_intervals(new_limiter: NewLimiter) -> None:
    limiter, asked = new_limiter(rules=GATES), model()
    limiter.shut(asked, "unauthorized: the provider answered 401", by=limiter.acquire(asked))
    reason = str(refused(limiter, asked))
    assert reason == "offline/m: closed: unauthorized: the provider answered 401"
    assert capacity(limiter, 0, asked) == {asked.key: 0}
    assert (state(limiter).shut, state(limiter).cooling_reason) == (
        True,
        "closed: unauthorized: the provider answered 401",
    )
    wait_until(lambda: not closed(limiter, asked), "the time for a probe")
    probe = limiter.acquire(asked)
    refused(limiter, asked)
    limiter.shut(asked, "unauthorized: 401 again", by=probe)
    limiter.settle(probe, RequestRejected("401"))
    assert 0.5 < shut_for(limiter, asked) <= 0.8
    wait_until(lambda: not closed(limiter, asked), "the time for a probe")
    limiter.settle(limiter.acquire(asked))
    assert not state(limiter).shut
    assert capacity(limiter, 0, asked) == {asked.key: None}


def test_a_fault_of_the_server_does_not_reopen_a_closed_model(new_limiter: NewLimiter) -> None:
    limiter, asked = new_limiter(rules=GATES), model()
    limiter.shut(asked, "unknown model")
    wait_until(lambda: not closed(limiter, asked), "the time for a probe")
    limiter.settle(limiter.acquire(asked), ServerFault("bang"))
    getattr(limiter, "flush", bool)()
    assert capacity(limiter, 0, asked) == {asked.key: 1}, "still one at a time"


def test_a_closed_model_is_reopened_by_hand_and_by_another_setting(limiter: Limiter) -> None:
    asked = model()
    limiter.shut(asked, "wrong key")
    other_key = replace(asked, credential="another digest")
    limiter.acquire(other_key)
    refused(limiter, asked)
    limiter.reopen(asked.key)
    limiter.acquire(asked)


def test_one_model_with_two_keys_is_closed_for_the_wrong_one_alone(limiter: Limiter) -> None:
    """As two judge configurations name it. Planners see both at once, and an operator reopens it by name."""
    right, wrong = (replace(model(), credential=credential) for credential in ("right", "wrong"))
    limiter.shut(wrong, "unauthorized: 401")
    limiter.acquire(right)
    for asked in ([right, wrong], [wrong, right]):
        states = limiter.availability(asked, 0)
        assert not states[right.asked_as].shut and states[right.asked_as].capacity is None
        assert states[wrong.asked_as].shut and states[wrong.asked_as].capacity == 0
    (shown,) = [state for state in limiter.states() if state.key == right.key]
    assert shown.shut and shown.cooling_reason == "closed: unauthorized: 401", (
        "an operator sees it, to reopen it"
    )
    assert shown.closed is None and shown.capacity is None, "though it is asked on"
    limiter.reopen(right.key)
    assert not any(state.shut for state in limiter.states())
    getattr(limiter, "flush", bool)()
    assert not limiter.availability([wrong], 0)[wrong.asked_as].shut, "whoever was asked last"


def test_a_spent_account_holds_its_models_and_no_other_account(limiter: Limiter) -> None:
    url = "https://api.openai.com/v1"
    mine, same, other = (
        Model(name, "openai", url, credential=credential, label=label)
        for name, credential, label in (("a", "k1", ""), ("b", "k1", ""), ("a", "k2", "#k2"))
    )
    limiter.cool_down(mine.account, 20, "insufficient_quota")
    assert set(closed(limiter, mine, same, other)) == {"openai/a", "openai/b"}

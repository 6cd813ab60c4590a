"""A rejection that does not say whose fault it is: a row with a bad request ends, a deployment's fault costs
no row. Calls are counted at the server.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.errors import NotNow
from ai_worker.llm import adaptation, control_question
from ai_worker.llm.asking import ask
from ai_worker.llm.control_question import PROMPT
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.outbound import call_faults
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import RequestRejected
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.usage import Spending
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

CALLER = CallContext("evaluations", "t1", "row-17", "00000000-0000-0000-0000-000000000001", redact=False)
RULES = Rules(cool_floor=0.3, closed_first=0.5)
BAD = Request("a bad text", system="Judge it.")
ODD: dict[str, Any] = {"fault": "400", "body": {"error": {"message": "E1077: operation refused"}}}
ONE = {"match": {"contains": "a bad text"}, **ODD}


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalLimiter]:
    made = LocalLimiter(rules=RULES)
    use_limiter(monkeypatch, made)
    monkeypatch.setattr(call_faults, "_answered", {})
    adaptation.forget()
    yield made
    made.close()


@pytest.fixture
def model(offline: OfflineModel) -> Model:
    return Model("m", "openai", f"{offline.url}/v1", SecretStr("k"), deadline_seconds=5, credential="digest")


def rejected(model: Model, request: Request = BAD, caller: CallContext = CALLER) -> RequestRejected:
    with pytest.raises(RequestRejected) as caught:
        ask(model, request, caller)
    return caught.value


def test_a_row_that_alone_is_rejected_ends(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ONE)
    fault = rejected(model)
    assert (fault.error_class, fault.retry, fault.uses_attempt) == ("bad_request", False, True)
    control = offline.requests()[-1]["body"]
    assert PROMPT in control and "Answer briefly." in control
    assert "bad text" not in control and "Judge it" not in control
    assert not rejected(model).retry
    assert offline.counts()["total"] == 3, "what was answered a moment ago is not asked again"
    assert limiter.availability([model], 0)[model.asked_as].closed is None


def test_beside_answered_neighbours_nothing_more_is_asked(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ONE)
    ask(model, Request("a good text"), CALLER)
    assert not rejected(model).retry
    assert offline.counts()["total"] == 2


def test_what_every_request_gets_closes_the_model_and_costs_no_row(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ODD)
    fault = rejected(model)
    assert (fault.retry, fault.uses_attempt) == (True, False) and (fault.retry_after or 0) >= 0.5
    for _ in range(10):
        with pytest.raises(NotNow, match=r"closed: rejects_all: .*E1077"):
            ask(model, BAD, CALLER)
    assert offline.counts()["total"] == 2, "the row and one question of our own"
    state = limiter.availability([model], 5)[model.asked_as]
    assert state.shut and state.closed and "E1077" in state.closed.reason
    wait_until(lambda: limiter.availability([model], 0)[model.asked_as].capacity == 1, "the time for a probe")
    again = rejected(model)
    assert not again.uses_attempt
    assert limiter.availability([model], 0)[model.asked_as].cooling_for > RULES.closed_first, "for longer"
    offline.tell()
    wait_until(lambda: limiter.availability([model], 0)[model.asked_as].capacity == 1, "the time for a probe")
    assert ask(model, BAD, CALLER).text
    limiter.flush()
    assert limiter.availability([model], 0)[model.asked_as].capacity is None, "one answer reopens it"


def test_a_bad_row_that_goes_first_after_a_closing_ends_and_reopens_the_model(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ODD)
    rejected(model)
    offline.tell(ONE)
    wait_until(lambda: limiter.availability([model], 0)[model.asked_as].capacity == 1, "the time for a probe")
    assert not rejected(model).retry
    limiter.flush()
    assert limiter.availability([model], 0)[model.asked_as].capacity is None


def test_an_unusable_answer_is_one(limiter: LocalLimiter, model: Model, offline: OfflineModel) -> None:
    offline.tell(ONE, {"fault": "empty"})
    assert not rejected(model).retry


def test_a_field_that_is_refused_in_it_does_not_close_the_model(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    """A text that is rejected before the fields are looked at, by a process that asks for the first time."""
    said = "Unsupported parameter: 'max_tokens' is not supported with this model."
    offline.tell(ONE, {"fault": "400", "body": {"error": {"message": said}}, "times": 1})
    fault = rejected(replace(model, max_output_tokens=50))
    assert (fault.retry, fault.uses_attempt) == (False, True)
    assert limiter.availability([model], 0)[model.asked_as].closed is None
    assert offline.counts()["total"] == 3, "the row, and our own question twice"


def test_while_nobody_knows_the_row_is_tried_within_its_attempts(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ONE, {"fault": "500"})
    fault = rejected(model)
    assert fault.retry and fault.uses_attempt


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("400", "This model's maximum context length is 8192 tokens"),
        ("400", "Please reduce the length of the messages"),
        ("422", "input is too long"),
        ("413", "no"),
    ],
)
def test_a_rejection_for_its_size_is_the_rows_own(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, status: str, said: str
) -> None:
    offline.tell({"fault": status, "body": {"error": {"message": said}}})
    assert not rejected(model).retry
    assert offline.counts()["total"] == 1


def test_the_question_is_counted_as_the_rows(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell(ONE, {"usage": {"input": 20, "output": 3}})
    caller = replace(CALLER, spending=Spending())
    with pytest.raises(RequestRejected):
        ask(model, BAD, caller)
    assert (caller.spending.usage.input, caller.spending.usage.output) == (20, 3)


@pytest.mark.parametrize(
    ("control", "verdict"),
    [({"fault": "500"}, (True, True)), (ODD, (True, False)), ({"answer": "yes"}, (False, True))],
    ids=["out of order", "rejected, too", "answered"],
)
def test_one_question_of_ours_serves_all_rows_that_are_rejected_together(
    limiter: LocalLimiter,
    model: Model,
    offline: OfflineModel,
    control: dict[str, Any],
    verdict: tuple[bool, bool],
) -> None:
    """Else each row would wait for the questions of all before it, with a worker's slot in its hands."""
    rows, seconds = 30, 0.5
    offline.tell({**ONE, "latency": seconds}, {**control, "latency": seconds})
    began = time.monotonic()
    with ThreadPoolExecutor(rows) as pool:
        faults = list(pool.map(lambda number: rejected(model), range(rows)))
    took = time.monotonic() - began
    asked = [one for one in offline.requests() if PROMPT in one["body"]]
    assert len(asked) <= 3, "those that are rejected after it ended ask once more"
    assert took < 6 * seconds, "none waits for more than two questions"
    assert {(fault.retry, fault.uses_attempt) for fault in faults} == {verdict}


class Counted:
    """A lock that tells how many have come to it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.come = 0

    def __enter__(self) -> None:
        self.come += 1
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_what_keeps_one_task_from_asking_says_nothing_of_the_rows_of_others(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its spent budget, its pause: the next row asks on its own behalf."""
    counted = Counted()
    monkeypatch.setattr(control_question, "_asking", {model.asked_as: counted})
    offline.tell(ONE, {"answer": "yes"})
    asking, others_wait = threading.Event(), threading.Event()
    calls = iter(range(2))

    def pause_at_the_second() -> None:
        if next(calls) == 1:
            asking.set()
            assert others_wait.wait(10)
            raise NotNow("its task is paused", retry_after=0.0)

    with ThreadPoolExecutor(2) as pool:
        paused = pool.submit(rejected, model, BAD, replace(CALLER, before_call=pause_at_the_second))
        assert asking.wait(10)
        other = pool.submit(rejected, model)
        wait_until(lambda: counted.come == 2, "the other is rejected, too, and waits")
        others_wait.set()
        assert (paused.result().retry, paused.result().uses_attempt) == (True, False)
        assert (other.result().retry, other.result().uses_attempt) == (False, True)

"""What calls cost and count, with calls counted at the server: nothing slips past a limit or a budget by
saying nothing of usage.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.errors import NotNow
from ai_worker.llm import attempt
from ai_worker.llm.asking import ask
from ai_worker.llm.errors import Refused
from ai_worker.llm.model import Model
from ai_worker.llm.request import Request
from ai_worker.outbound.accounting.expectation import Expectation
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Limits, Price
from ai_worker.outbound.errors import CallError, DeadlineExceeded
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel

PRICE = Price(Decimal(2), Decimal(10))


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalLimiter]:
    made = LocalLimiter()
    use_limiter(monkeypatch, made)
    monkeypatch.setattr(attempt, "expectation", Expectation())
    yield made
    made.close()


def context() -> CallContext:
    return CallContext("evaluations", "t", "1", "u", redact=False)


def model(offline: OfflineModel, **fields: Any) -> Model:
    return Model("m", "openai", f"{offline.url}/v1", SecretStr("k"), deadline_seconds=5, **fields)


def body(usage: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": "stop", "message": {"content": "word " * 20}}], "usage": usage}


@pytest.mark.parametrize(
    "usage",
    [
        None,
        "120 tokens",
        {},
        {"tokens": 5},
        {"prompt_tokens": 10**12, "completion_tokens": 1},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": 100, "completion_tokens": 0},
    ],
)
def test_unknown_usage_keeps_the_reservation_and_is_estimated(
    limiter: LocalLimiter, offline: OfflineModel, usage: Any
) -> None:
    offline.tell({"body": body(usage)})
    asked, caller = model(offline, price=PRICE, limits=Limits(tokens_per_minute=3000)), context()
    answer = ask(asked, Request("x" * 400), caller)
    assert (answer.usage.input, answer.usage.output) == (100, 25)
    assert caller.spending.cost == Decimal("0.00045")
    limiter.flush()
    assert limiter.states()[0].used.tokens == 100 + 1024, "what was reserved"
    calls = 1
    with pytest.raises(NotNow, match="tokens per minute"):
        for _ in range(20):
            ask(asked, Request("x" * 400), context())
            calls += 1
    assert calls == offline.counts()["total"] <= 3


def test_a_small_text_does_not_reserve_the_longest_answer(
    limiter: LocalLimiter, offline: OfflineModel
) -> None:
    asked = model(offline, max_output_tokens=65_536, limits=Limits(tokens_per_minute=2000))
    assert ask(asked, Request("Teh text ok."), context()).text


def test_a_long_answer_is_learned_for_the_next_of_its_kind(
    limiter: LocalLimiter, offline: OfflineModel
) -> None:
    offline.tell({"usage": {"input": 10, "output": 5000}})
    asked = model(offline, limits=Limits(tokens_per_minute=100_000))
    for _ in range(6):
        ask(asked, Request("short", system="Think at length."), context())
    permit_tokens = []
    acquire = limiter.acquire
    limiter.acquire = lambda model, tokens=0, **more: (  # type: ignore[method-assign]
        permit_tokens.append(tokens) or acquire(model, tokens, **more)
    )
    ask(asked, Request("short", system="Think at length."), context())
    ask(asked, Request("short", system="Be brief."), context())
    assert permit_tokens[0] >= 5000 > 2000 > permit_tokens[1]


def test_a_call_that_timed_out_may_have_been_billed(limiter: LocalLimiter, offline: OfflineModel) -> None:
    offline.tell({"fault": "blackhole"})
    asked = Model("m", "openai", f"{offline.url}/v1", SecretStr("k"), deadline_seconds=0.4, price=PRICE)
    caller = context()
    with pytest.raises(DeadlineExceeded):
        ask(asked, Request("x" * 400), caller)
    assert caller.spending.usage.input == 100 and (caller.spending.cost or 0) > 0


@pytest.mark.parametrize(
    "reason", ["content_filter", "error", "insufficient_system_resource", "length", "odd"]
)
def test_an_answer_that_was_broken_off_without_a_count_may_have_been_billed(
    limiter: LocalLimiter, offline: OfflineModel, reason: str
) -> None:
    half = {"choices": [{"finish_reason": reason, "message": {"content": "half an ans"}}]}
    offline.tell({"body": half})
    caller = context()
    with pytest.raises(CallError):
        ask(model(offline, price=PRICE), Request("x" * 400), caller)
    assert caller.spending.usage.input == 100 and (caller.spending.cost or 0) > 0


def test_a_refused_question_is_not_billed(limiter: LocalLimiter, offline: OfflineModel) -> None:
    offline.tell({"fault": "400", "body": {"error": {"code": "content_filter", "message": "no"}}})
    caller = context()
    with pytest.raises(Refused):
        ask(model(offline, price=PRICE), Request("x" * 400), caller)
    assert caller.spending.cost == 0


@pytest.mark.parametrize("fault", ["400", "401", "429", "503", "500"])
def test_a_refusal_is_not_billed(limiter: LocalLimiter, offline: OfflineModel, fault: str) -> None:
    offline.tell({"fault": fault})
    caller = context()
    with pytest.raises(CallError):
        ask(model(offline, price=PRICE), Request("x" * 400), caller)
    assert caller.spending.cost == 0

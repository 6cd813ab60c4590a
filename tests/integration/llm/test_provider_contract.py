"""What every provider keeps, over real HTTP with the offline model: answers, usage, a class for each fault,
deadlines, silence on keys.

`test_providers_under_gevent.py` runs this file once more in a patched process.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal

import pytest
from pydantic import BaseModel, SecretStr

from ai_worker.errors import BadRequest, WorkError
from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.model import Model, Provider
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    Misdirected,
    Overloaded,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    UnknownModel,
    Unreachable,
)
from ai_worker.outbound.usage import Usage
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

KEY = "sk-canary-3f9d1c"
PROMPT = "canary-prompt: Grzegorz Brzęczyszczykiewicz, 你好, привет"
CALLER = CallContext("evaluations", "t1", "row-17", "00000000-0000-0000-0000-000000000001", redact=False)
PATHS = {"gemini": "", "openai": "/v1", "anthropic": "", "prompt_api": "/api/prompt", "offline": ""}
DEADLINE = 0.7
MakeModel = Callable[..., Model]


@pytest.fixture(params=PROVIDERS)
def model(request: pytest.FixtureRequest, offline: OfflineModel) -> MakeModel:
    """Makes a model of the provider under test that answers at the offline server."""
    provider: Provider = request.param

    def make(deadline: float = 10, **fields: object) -> Model:
        key = SecretStr("" if provider == "offline" else KEY)
        return Model(
            "model-x",
            provider,
            offline.url + PATHS[provider],
            key,
            deadline_seconds=deadline,
            **fields,  # type: ignore[arg-type]
        )  # type: ignore[arg-type]

    return make


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No key and no prompt in any log line, down to the libraries' own."""
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text
    assert "canary-prompt" not in caplog.text and "Brzęczyszczykiewicz" not in caplog.text


def failure(ask: Ask, model: Model, request: Request) -> CallError:
    """The failure that asking ends with; nowhere in it stands a key or a prompt."""
    with pytest.raises(CallError) as caught:
        ask(model, request, CALLER)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
    assert KEY not in shown and "canary-prompt" not in shown and "Brzęczyszczykiewicz" not in shown
    return caught.value


class Pet(BaseModel):
    """An answer with the usual difficulties: a union, a choice, an optional field, a list of objects."""

    class Toy(BaseModel):
        name: str
        price: float

    answer: str
    kind: Literal["cat", "dog"]
    age: int | None = None
    toys: list[Toy]


@pytest.mark.parametrize(
    "text",
    [
        "zażółć gęślą jaźń",
        "съешь ещё этих булок",
        "你好，世界",
        'a\nb\t"c" \\ {d}',
        "emoji 🦊",
        "nul \x00 byte",
    ],
)
def test_text_goes_out_and_comes_back_as_it_is(
    ask: Ask, model: MakeModel, offline: OfflineModel, text: str
) -> None:
    offline.tell({"answer": f"echo: {text}"})
    answer = ask(model(), Request(text), CALLER)
    assert answer.text == f"echo: {text}"
    received = offline.requests()
    assert len(received) == 1
    offline.tell({"match": {"contains": text}, "answer": "seen"})
    assert ask(model(), Request(text), CALLER).text == "seen"


def test_the_whole_answer(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    offline.tell({"answer": "yes", "usage": {"input": 100, "output": 7}})
    answer = ask(model(price=Price(Decimal("2"), Decimal("10"))), Request(PROMPT), CALLER)
    assert (answer.text, answer.usage, answer.model, answer.data) == ("yes", Usage(100, 7), "model-x", None)
    assert answer.cost == Decimal("0.00027")
    assert isinstance(answer.body, dict)
    assert 0 < answer.latency < 10


def test_cached_and_thought_tokens_are_counted(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    offline.tell({"usage": {"input": 100, "output": 7, "cached": 40, "thoughts": 5}})
    asked = model(price=Price(Decimal("2"), Decimal("10"), Decimal("0.5")))
    answer = ask(asked, Request(PROMPT), CALLER)
    cached = 0 if asked.provider == "prompt_api" else 40
    assert answer.usage == Usage(100, 12, cached)
    assert answer.cost == Decimal(2 * (100 - cached) + cached // 2 + 120) / 1_000_000


def test_variables_fill_the_prompt_wherever_that_happens(
    ask: Ask, model: MakeModel, offline: OfflineModel
) -> None:
    offline.tell({"match": {"contains": "Ask {literally}: {x} and ['й', 2]"}, "answer": "filled"})
    request = Request(
        "Ask {{literally}}: {question} and {list}", variables={"question": "{x}", "list": "['й', 2]"}
    )
    assert ask(model(), request, CALLER).text == "filled"


def test_standing_instructions_arrive(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    offline.tell({"match": {"contains": "Be {brief}."}, "answer": "brief"})
    assert ask(model(), Request("{q}?", variables={"q": "Why"}, system="Be {brief}."), CALLER).text == "brief"
    assert ask(model(), Request("Why {not}?", system="Be {brief}."), CALLER).text == "brief"


def test_an_unknown_placeholder_is_never_sent(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    with pytest.raises(BadRequest, match=r"\{b\}; known: a"):
        ask(model(), Request("{a} {b}", variables={"a": 1}), CALLER)
    assert offline.requests() == []


def test_a_question_that_is_too_long_is_never_sent(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    assert isinstance(failure(ask, model(max_input_tokens=10), Request(PROMPT)), RequestRejected)
    assert offline.requests() == []


def test_a_megabyte_is_asked_and_answered(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    text = "Zażółć {gęślą} jaźń. " * 50_000
    offline.tell({"match": {"contains": text}, "answer": text})
    assert ask(model(), Request(text), CALLER).text == text


def test_characters_that_are_none_are_a_bad_request(
    ask: Ask, model: MakeModel, offline: OfflineModel
) -> None:
    with pytest.raises(BadRequest):
        ask(model(), Request("half a pair: \ud83e"), CALLER)
    assert offline.requests() == []


def test_fields_come_back_as_an_instance(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    answer = ask(model(), Request("Which pet? A dog?", schema=Pet), CALLER)
    assert isinstance(answer.data, Pet)
    assert Pet.model_validate_json(answer.text) == answer.data
    assert len(offline.requests()) == 1


def test_fields_by_json_schema_come_back_as_a_dict(ask: Ask, model: MakeModel) -> None:
    answer = ask(model(), Request("Which pet?", json_schema=Pet.model_json_schema()), CALLER)
    assert isinstance(answer.data, dict)
    Pet.model_validate(answer.data)


def test_an_answer_that_does_not_fit_is_repaired_once(
    ask: Ask, model: MakeModel, offline: OfflineModel
) -> None:
    offline.tell(
        {"fault": "wrong_schema", "times": 1, "usage": {"input": 50, "output": 5}},
        {"usage": {"input": 80, "output": 9}},
    )
    answer = ask(model(), Request("Which pet?", schema=Pet), CALLER)
    assert isinstance(answer.data, Pet) and answer.usage == Usage(130, 14)
    assert "unexpected" in offline.requests()[1]["body"]


def test_a_second_misfit_is_a_bad_answer(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    offline.tell({"fault": "wrong_schema", "usage": {"input": 50, "output": 5}})
    fault = failure(ask, model(), Request("Which pet?", schema=Pet))
    assert isinstance(fault, BadAnswer) and fault.usage == Usage(100, 10)
    assert offline.counts()["total"] == 2


FAULTS: list[tuple[str, tuple[type[CallError], ...]]] = [
    ("quota", (QuotaExhausted,)),
    ("402", (QuotaExhausted,)),
    ("401", (Unauthorized,)),
    ("403", (Unauthorized,)),
    ("400", (RequestRejected,)),
    ("404", (UnknownModel,)),
    ("413", (RequestRejected,)),
    ("422", (RequestRejected,)),
    ("429", (RateLimited,)),
    ("500", (ServerFault,)),
    ("502", (ServerFault,)),
    ("503", (Overloaded,)),
    ("529", (Overloaded,)),
    ("504", (DeadlineExceeded,)),
    ("reset", (Unreachable,)),
    ("close", (Unreachable,)),
    ("half_body", (Unreachable,)),
    ("truncated_json", (BadAnswer,)),
    ("not_json", (BadAnswer,)),
    ("empty", (BadAnswer,)),
    ("huge", (BadAnswer,)),
    ("length", (Truncated,)),
    ("safety_block", (Refused,)),
    ("error_body_200", (Overloaded, ServerFault)),
]
UNEXPLAINED = ("400", "422")
"""Whose fault they are, a question of our own has to tell."""


@pytest.mark.parametrize(("fault", "kinds"), FAULTS, ids=[name for name, _ in FAULTS])
def test_every_fault_has_its_class(
    ask: Ask, model: MakeModel, offline: OfflineModel, fault: str, kinds: tuple[type[CallError], ...]
) -> None:
    offline.tell({"fault": fault, "usage": {"input": 30, "output": 3}})
    found = failure(ask, model(), Request(PROMPT))
    assert isinstance(found, kinds)
    if fault in ("empty", "length"):
        assert found.usage == Usage(30, 3)
    control_questions = int(fault in UNEXPLAINED)
    assert offline.counts()["total"] == 1 + control_questions, (
        "the engine decides about trying again, nobody below it"
    )
    offline.tell()
    assert ask(model(), Request(PROMPT), CALLER).text


def test_a_redirect_is_not_followed(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    offline.tell({"fault": "302", "headers": {"Location": f"{offline.url}/v1/chat/completions"}})
    assert isinstance(failure(ask, model(), Request(PROMPT)), Misdirected)
    assert offline.counts()["total"] == 1


@pytest.mark.parametrize("fault", ["429", "503"])
@pytest.mark.parametrize(("form", "least", "most"), [("seconds", 90, 90), ("date", 88, 91)])
def test_retry_after_is_understood(
    ask: Ask, model: MakeModel, offline: OfflineModel, fault: str, form: str, least: float, most: float
) -> None:
    offline.tell({"fault": fault, "retry_after": 90, "retry_after_form": form})
    found = failure(ask, model(), Request(PROMPT))
    assert found.retry_after is not None and least <= found.retry_after <= most


def test_rate_limit_headers_are_understood(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    headers = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m30s"}
    offline.tell({"fault": "429", "headers": headers, "times": 1}, {"headers": headers})
    assert failure(ask, model(), Request(PROMPT)).retry_after == 90
    asked = model()
    assert PROVIDERS[asked.provider].call(asked, Request(PROMPT)).hold == 90


@pytest.mark.parametrize(
    ("fault", "kind"), [("429", RateLimited), ("quota", QuotaExhausted), ("503", Overloaded)]
)
def test_a_provider_that_does_not_say_how_long_is_not_quoted(
    model: MakeModel, offline: OfflineModel, fault: str, kind: type[CallError]
) -> None:
    offline.tell({"fault": fault})
    asked = model()
    with pytest.raises(kind) as caught:
        PROVIDERS[asked.provider].call(asked, Request(PROMPT))
    assert caught.value.retry_after is None


@pytest.mark.parametrize("fault", ["blackhole", "drip", "drip_headers", "drip_body"])
def test_the_deadline_holds_whatever_the_server_does(
    ask: Ask, model: MakeModel, offline: OfflineModel, fault: str
) -> None:
    offline.tell({"fault": fault, "interval": 0.05})
    started = time.monotonic()
    assert isinstance(failure(ask, model(DEADLINE), Request(PROMPT)), DeadlineExceeded)
    assert DEADLINE * 0.9 <= time.monotonic() - started < DEADLINE + 3
    offline.tell()
    assert ask(model(DEADLINE * 5), Request(PROMPT), CALLER).text


def test_a_slow_answer_within_the_deadline_is_an_answer(
    ask: Ask, model: MakeModel, offline: OfflineModel
) -> None:
    offline.tell({"latency": 0.4})
    assert ask(model(10), Request(PROMPT), CALLER).latency >= 0.4


def test_nobody_there_is_unreachable(ask: Ask, model: MakeModel) -> None:
    asked = model()
    nowhere = Model(
        asked.name,
        asked.provider,
        "http://127.0.0.1:9" + PATHS[asked.provider],
        asked.api_key,
        deadline_seconds=5,
    )
    found = failure(ask, nowhere, Request(PROMPT))
    assert isinstance(found, Unreachable) and "127.0.0.1:9" in str(found)


def test_a_key_that_http_cannot_carry_is_a_configuration_error_without_the_key(
    ask: Ask, model: MakeModel
) -> None:
    asked = model()
    broken = Model(
        asked.name, asked.provider, asked.base_url, SecretStr(f"{KEY}\nX-Evil: 1"), deadline_seconds=5
    )
    if asked.provider == "offline":
        assert ask(broken, Request(PROMPT), CALLER).text, "no key is sent, so none can be wrong"
        return
    with pytest.raises(WorkError) as caught:
        ask(broken, Request(PROMPT), CALLER)
    assert caught.value.error_class == "unconfigured"
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_the_key_goes_in_a_header_and_nowhere_else(ask: Ask, model: MakeModel, offline: OfflineModel) -> None:
    ask(model(), Request(PROMPT), CALLER)
    (received,) = offline.requests()
    header = {
        "gemini": ("x-goog-api-key", KEY),
        "openai": ("authorization", f"Bearer {KEY}"),
        "anthropic": ("x-api-key", KEY),
        "prompt_api": ("authorization", f"Bearer {KEY}"),
    }
    carried = {name: value for name, value in received["headers"].items() if KEY in value}
    assert carried == dict([header[model().provider]] if model().provider in header else [])
    assert KEY not in received["path"] + received["body"]


def test_log_lines_name_the_provider_and_sizes(
    ask: Ask, model: MakeModel, offline: OfflineModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="ai_worker.outbound.call")
    offline.tell({"answer": "four"})
    ask(model(), Request("x" * 280), CALLER)
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name == "ai_worker.outbound.call" and record.levelname == "INFO"
    ]
    title = PROVIDERS[model().provider].title
    assert lines == [f"[{title}] prompt sent: 280 characters (evaluations row-17)"]

"""Whose attempt a fault is, and what closes a model: through the whole of `ask`, with calls counted at the
server.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.errors import NotNow, WorkError
from ai_worker.llm import adaptation
from ai_worker.llm.asking import ask
from ai_worker.llm.attempt import call_adapted
from ai_worker.llm.errors import FieldRefused
from ai_worker.llm.model import Model
from ai_worker.llm.redaction.configured import recognisers
from ai_worker.llm.request import Reply, Request
from ai_worker.outbound import call_faults
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Limits
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    DeadlineExceeded,
    DeploymentFault,
    Overloaded,
    ServerFault,
    Unreachable,
)
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.settings import settings
from ai_worker.startup import fault_of_redaction
from tests.integration.conftest import use_limiter
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

CALLER = CallContext("evaluations", "t1", "row-17", "00000000-0000-0000-0000-000000000001", redact=False)
RULES = Rules(calls=6, open_first=0.3, open_cap=0.3, cool_floor=0.3, closed_first=0.5)
QUESTION = Request("How many?")


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


def failed(model: Model) -> CallError:
    with pytest.raises(CallError) as caught:
        ask(model, QUESTION, CALLER)
    return caught.value


def charged(fault: WorkError) -> bool:
    """Whether the engine gives the row up by attempts."""
    return fault.retry and fault.uses_attempt and not fault.outage


def _never(text: str) -> None:
    raise BadAnswer("not what was asked for")


def test_a_call_that_never_left_costs_no_attempt(limiter: LocalLimiter, model: Model) -> None:
    fault = failed(replace(model, base_url="http://127.0.0.1:9/v1"))
    assert isinstance(fault, Unreachable) and not fault.sent
    assert not fault.uses_attempt and (fault.retry_after or 0) >= 5
    assert fault.usage is not None and fault.usage.total == 0


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"fault": "500"}, ServerFault),
        ({"fault": "close"}, Unreachable),
        ({"fault": "half_body"}, Unreachable),
        ({"fault": "blackhole"}, DeadlineExceeded),
    ],
)
def test_a_call_that_left_and_was_not_answered_counts(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, rule: dict[str, Any], kind: type[CallError]
) -> None:
    offline.tell(rule)
    fault = failed(replace(model, deadline_seconds=0.5))
    assert type(fault) is kind and fault.sent and charged(fault)


def test_while_the_breaker_is_open_no_row_is_to_blame(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell({"fault": "500"})
    verdicts = [charged(failed(model)) for _ in range(RULES.calls)]
    assert verdicts == [True] * (RULES.calls - 1) + [False], "the failure that opens it is the outage's"
    for _ in range(3):
        wait_until(
            lambda: not limiter.availability([model], 0)[model.asked_as].closed, "the time for a probe"
        )
        probe = failed(model)
        assert not probe.uses_attempt and probe.outage
    with pytest.raises(NotNow) as refused:
        ask(model, QUESTION, CALLER)
    assert not refused.value.uses_attempt


def test_patience_that_a_server_asks_for_counts_only_while_it_answers_others(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell({"fault": "503"})
    alone = failed(model)
    assert isinstance(alone, Overloaded) and alone.outage and not charged(alone)
    offline.tell()
    ask(model, QUESTION, CALLER)
    offline.tell({"fault": "503"})
    assert charged(failed(model)), "its neighbours are answered"


def test_an_overload_with_a_wait_holds_every_call(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell({"fault": "503", "retry_after": 30})
    assert failed(model).retry_after == 30
    with pytest.raises(NotNow, match="cooling down"):
        ask(model, QUESTION, CALLER)
    assert offline.counts()["total"] == 1


def test_a_wait_of_nothing_does_not_loop(limiter: LocalLimiter, model: Model, offline: OfflineModel) -> None:
    offline.tell({"fault": "429", "retry_after": 0})
    assert (failed(model).retry_after or 0) >= 1
    with pytest.raises(NotNow, match="cooling down"):
        ask(model, QUESTION, CALLER)
    assert offline.counts()["total"] == 1


@pytest.mark.parametrize("fault", ["401", "403", "404", "302"])
def test_a_fault_of_the_deployment_closes_the_model_and_costs_rows_nothing(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, fault: str
) -> None:
    offline.tell({"fault": fault})
    first = failed(model)
    assert isinstance(first, DeploymentFault) and first.retry and not first.uses_attempt
    for _ in range(20):
        with pytest.raises(NotNow, match="closed: ") as refused:
            ask(model, QUESTION, CALLER)
        assert not refused.value.uses_attempt
    assert offline.counts()["total"] == 1, "twenty rows ask nothing"
    state = limiter.availability([model], 5)[model.asked_as]
    assert state.shut and state.closed and fault in state.closed.reason
    offline.tell()
    wait_until(lambda: limiter.availability([model], 0)[model.asked_as].capacity == 1, "the time for a probe")
    assert ask(model, QUESTION, CALLER).text
    limiter.flush()
    assert limiter.availability([model], 0)[model.asked_as].capacity is None, "one answer reopens it"


def test_another_key_is_not_held_by_what_closed_the_first(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    offline.tell({"fault": "401"})
    failed(model)
    offline.tell()
    with pytest.raises(NotNow):
        ask(model, QUESTION, CALLER)
    assert ask(replace(model, credential="the new key's"), QUESTION, CALLER).text


def test_a_model_that_is_not_configured_here_is_closed_without_a_call(
    limiter: LocalLimiter, model: Model, offline: OfflineModel
) -> None:
    broken = replace(model, credential="", fault="model 'm' needs a key: set MY_KEY")
    for _ in range(3):
        with pytest.raises(NotNow, match="needs a key: set MY_KEY"):
            ask(broken, QUESTION, CALLER)
    assert offline.counts()["total"] == 0
    shown = next(state for state in limiter.states() if state.key == broken.key)
    assert shown.shut and "set MY_KEY" in shown.cooling_reason
    assert ask(model, QUESTION, CALLER).text, "a process that has the key is not held"


def test_the_row_that_finds_a_model_unconfigured_is_due_as_soon_as_it_may_be_reopened(
    monkeypatch: pytest.MonkeyPatch, model: Model
) -> None:
    made = LocalLimiter()
    use_limiter(monkeypatch, made)
    with pytest.raises(NotNow) as found:
        ask(replace(model, fault="model 'm' needs a key: set MY_KEY"), QUESTION, CALLER)
    assert made.availability([model], 0)[model.asked_as].cooling_for > 50, "its lanes are held for longer"
    assert found.value.retry_after is not None and found.value.retry_after < 7
    made.close()


@pytest.mark.parametrize(
    ("variable", "value"), [("REDACT_NAMES_FILE", "/nowhere/names.txt"), ("RECOGNISERS", "nowhere:Names")]
)
def test_recognisers_that_one_process_lacks_cost_rows_nothing(
    limiter: LocalLimiter,
    model: Model,
    offline: OfflineModel,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    """Nothing leaves unredacted, and no row fails for a file that is missing on one machine."""
    monkeypatch.setenv(variable, value)
    for cache in (settings, recognisers):
        cache.cache_clear()
    try:
        with pytest.raises(NotNow, match=variable) as refused:
            ask(model, QUESTION, replace(CALLER, redact=True))
        assert not refused.value.uses_attempt and refused.value.retry_after
        assert offline.counts()["total"] == 0
        assert variable in (fault_of_redaction() or ""), "said at the start and in status"
        monkeypatch.delenv(variable)
        settings.cache_clear()
        assert ask(model, QUESTION, replace(CALLER, redact=True)).text
        assert fault_of_redaction() is None
    finally:
        for cache in (settings, recognisers):
            cache.cache_clear()


@pytest.mark.parametrize(
    ("asked", "answer", "error_class"),
    [
        (replace(QUESTION, json_schema={"type": "object"}), {"answer": "no JSON"}, "bad_answer"),
        (replace(QUESTION, verify=_never), {"answer": "42"}, "bad_answer"),
        (replace(QUESTION, max_output_tokens=5), {"fault": "length"}, "truncated"),
    ],
    ids=["repair", "second try", "longer answer"],
)
def test_an_answer_that_was_paid_for_counts_where_it_cannot_be_asked_for_once_more(
    limiter: LocalLimiter,
    model: Model,
    offline: OfflineModel,
    asked: Request,
    answer: dict[str, Any],
    error_class: str,
) -> None:
    """A limit costs no attempt; but each time that the row comes again its first answer is billed."""
    offline.tell(answer)
    with pytest.raises(WorkError) as caught:
        ask(replace(model, limits=Limits(requests_per_minute=1)), asked, CALLER)
    assert offline.counts()["total"] == 1
    assert charged(caught.value) and caught.value.error_class == error_class
    assert caught.value.retry_after and caught.value.retry_after > 2, "for as long as the limit says"
    assert isinstance(caught.value, CallError) and caught.value.usage and caught.value.usage.total


def test_a_prompt_is_said_to_be_sent_when_it_is_sent(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    limiter.cool_down(model.key, 30, "429")
    with pytest.raises(NotNow):
        ask(model, QUESTION, CALLER)
    assert "prompt sent" not in caplog.text


@pytest.fixture
def count(offline: OfflineModel) -> Callable[[], int]:
    return lambda: int(offline.counts()["total"])


def test_a_refused_field_is_left_off_and_remembered(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, count: Callable[[], int]
) -> None:
    said = "Unsupported parameter: 'max_tokens' is not supported with this model."
    said += " Use 'max_completion_tokens' instead."
    refusal = {
        "error": {
            "message": said,
            "type": "invalid_request_error",
            "param": "max_tokens",
            "code": "unsupported_parameter",
        }
    }
    offline.tell({"match": {"contains": "How"}, "fault": "400", "body": refusal, "times": 1})
    assert ask(model, replace(QUESTION, max_output_tokens=50), CALLER).text
    assert '"max_completion_tokens":50' in offline.requests()[1]["body"]
    assert 'max_tokens":' not in offline.requests()[1]["body"].replace("max_completion_tokens", "")
    assert ask(model, replace(QUESTION, max_output_tokens=50), CALLER).text
    assert count() == 3, "remembered"
    assert adaptation.adapted(model).describe() == "max_completion_tokens for max_tokens"


def test_calls_that_left_together_all_ask_once_more(limiter: LocalLimiter, model: Model) -> None:
    """The first refusal teaches; the others are of requests that left before it, and teach nothing more."""
    left = threading.Barrier(6, timeout=30)

    class Refusing:
        title = "refusing"
        sends_template = False

        def call(self, model: Model, request: Request) -> Reply:
            if adaptation.adapted(model).renamed:
                return Reply("four", {}, None, None)
            left.wait()
            raise FieldRefused("400: max_tokens is not supported", field="max_tokens")

    def asked(number: int) -> str:
        return call_adapted(model, QUESTION, Refusing(), CALLER, RequestRecorder(model, CALLER)).text

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(asked, range(6))) == ["four"] * 6
    assert adaptation.adapted(model).describe() == "max_completion_tokens for max_tokens"


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (
            "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default is.",
            "temperature",
        ),
        ("Unrecognized request argument supplied: seed", "seed"),
        (
            "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field.",
            "seed",
        ),
        (
            "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]",
            "seed",
        ),
    ],
)
def test_fields_are_found_in_the_words_of_servers(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, said: str, fields: str
) -> None:
    offline.tell({"fault": "400", "body": {"error": {"message": said}}, "times": 1})
    assert ask(model, replace(QUESTION, temperature=0.2, seed=7), CALLER).text
    assert adaptation.adapted(model).omitted == {fields}


def test_logprobs_that_a_server_refuses_go_together(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, count: Callable[[], int]
) -> None:
    said = "logprobs is not supported with this model"
    offline.tell({"fault": "400", "body": {"error": {"message": said}}, "times": 1})
    assert ask(model, replace(QUESTION, logprobs=True), CALLER).text
    assert "logprobs" not in offline.requests()[1]["body"] and count() == 2


@pytest.mark.parametrize(
    "said",
    [
        "'response_format.type' must be 'json_schema' or 'text'",
        "Invalid JSON schema: pattern",
        "output_config.format.schema: For 'integer' type, property 'minimum' is not supported",
        "The specified schema produces a constraint that has too many states for serving.",
        "grammar error: unsupported construct",
    ],
)
def test_whatever_a_400_says_of_the_schema_a_weaker_way_is_tried(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, said: str
) -> None:
    schema = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
    offline.tell(
        {"fault": "400", "body": {"error": {"message": said}}, "times": 1}, {"answer": '{"mood": "sad"}'}
    )
    assert ask(model, Request("Which mood?", json_schema=schema), CALLER).data == {"mood": "sad"}
    assert adaptation.adapted(model).structured == "json_object"


def test_structured_output_falls_back_to_json_and_then_to_the_prompt(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, count: Callable[[], int]
) -> None:
    refusals = [
        {
            "error": {
                "message": "This response_format type is unavailable now",
                "type": "invalid_request_error",
            }
        },
        {"error": {"message": "'response_format' is not supported by this model"}},
    ]
    offline.tell(
        *({"fault": "400", "body": body, "times": 1} for body in refusals), {"answer": '{"mood": "sad"}'}
    )
    schema = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
    assert ask(model, Request("Which mood?", json_schema=schema), CALLER).data == {"mood": "sad"}
    last = offline.requests()[-1]["body"]
    assert "response_format" not in last and "Answer with nothing but one JSON object" in last
    assert count() == 3 and adaptation.adapted(model).describe() == "structured by prompt"


def test_a_400_that_names_no_field_is_the_rows_own(
    limiter: LocalLimiter, model: Model, offline: OfflineModel, count: Callable[[], int]
) -> None:
    offline.tell(
        {"fault": "400", "body": {"error": {"message": "This model's maximum context length is 8192 tokens"}}}
    )
    assert failed(model).error_class == "bad_request" and count() == 1

"""Answers in the shapes that each family's servers send (the texts are invented), and requests as each of
them wants them.
"""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.llm.families import FAMILIES
from ai_worker.llm.model import Dialect, Model
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.usage import Usage
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
MOOD = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}
COUNTED = {"prompt_tokens": 9, "completion_tokens": 42, "total_tokens": 51}
HEAD = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1780000000, "model": "m-2026-05"}


def model(offline: OfflineModel, family: str, **dialect: Any) -> Model:
    return Model(
        "m",
        "openai",
        f"{offline.url}/v1",
        SecretStr("k"),
        dialect=Dialect(family=family, **dialect),
        deadline_seconds=10,
    )


@dataclass(frozen=True)
class Canned:
    """A whole answer: `message` beside its role and content, `choice` and `body` around them."""

    message: dict[str, Any] = field(default_factory=dict)
    choice: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] = field(default_factory=lambda: COUNTED)
    reasoning: str = "hm"
    counted: Usage = field(default_factory=lambda: Usage(9, 42))

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": "four", **self.message}
        choice = {"index": 0, "message": message, "finish_reason": "stop", **self.choice}
        return {**HEAD, "choices": [choice], "usage": self.usage, **self.body}


SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
ANSWERS = {
    "openai": Canned(
        {"refusal": None, "annotations": []},
        {"logprobs": None},
        {"service_tier": "default", "system_fingerprint": None},
        {
            **COUNTED,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 40, "accepted_prediction_tokens": 0},
        },
        "",
        Usage(9, 42, 4),
    ),
    "azure": Canned(
        {"refusal": None, "annotations": []},
        {"content_filter_results": SAFE},
        {"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": SAFE}]},
        reasoning="",
    ),
    "openrouter": Canned(
        {"refusal": None, "reasoning": "hm", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
        {"native_finish_reason": "STOP", "logprobs": None},
        {"provider": "DeepInfra"},
        {**COUNTED, "cost": 0.0001, "is_byok": False, "cost_details": {"upstream_inference_cost": None}},
    ),
    "deepseek": Canned(
        {"reasoning_content": "hm"},
        usage={
            **COUNTED,
            "prompt_tokens_details": {"cached_tokens": 4},
            "prompt_cache_hit_tokens": 4,
            "prompt_cache_miss_tokens": 5,
        },
        counted=Usage(9, 42, 4),
    ),
    "mistral": Canned(
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}], "closed": True},
                {"type": "text", "text": "four"},
            ],
            "tool_calls": None,
        }
    ),
    "groq": Canned(
        {"reasoning": "hm"},
        {"logprobs": None},
        {"x_groq": {"id": "req_1"}, "service_tier": "on_demand", "usage_breakdown": None},
        {**COUNTED, "queue_time": 0.05, "prompt_time": 0.01, "completion_time": 0.2, "total_time": 0.21},
    ),
    "xai": Canned(
        {"reasoning_content": "hm", "refusal": None},
        usage={
            **COUNTED,
            "completion_tokens": 2,
            "prompt_tokens_details": {"text_tokens": 9, "cached_tokens": 4, "image_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 40, "rejected_prediction_tokens": 0},
            "num_sources_used": 0,
        },
        counted=Usage(9, 42, 4),
    ),
    "ollama": Canned({"reasoning": "hm"}, body={"system_fingerprint": "fp_ollama"}),
    "vllm": Canned(
        {"reasoning": "hm", "reasoning_content": "hm", "tool_calls": [], "function_call": None},
        {"stop_reason": None, "token_ids": None},
        {"prompt_logprobs": None, "kv_transfer_params": None},
        {**COUNTED, "prompt_tokens_details": None},
    ),
    "llamacpp": Canned(
        {"reasoning_content": "hm"}, body={"timings": {"prompt_n": 9, "predicted_n": 42, "cache_n": 0}}
    ),
    "litellm": Canned(
        {"reasoning_content": "hm", "tool_calls": None, "provider_specific_fields": {}},
        usage={
            **COUNTED,
            "completion_tokens_details": None,
            "prompt_tokens_details": {"audio_tokens": None, "cached_tokens": 4},
            "cache_creation_input_tokens": 3,
            "cache_read_input_tokens": 4,
        },
        counted=Usage(9, 42, 4, written=3),
    ),
    "compatible": Canned({"content": "hm\n</think>\n\nfour"}),
}


def test_every_family_has_a_canned_answer() -> None:
    assert set(ANSWERS) == set(FAMILIES)


@pytest.mark.parametrize("family", ANSWERS)
def test_the_answer_its_reasoning_and_its_count_are_read(
    ask: Ask, offline: OfflineModel, family: str
) -> None:
    canned = ANSWERS[family]
    offline.tell({"body": canned.whole()})
    answer = ask(model(offline, family), Request("Two and two?"), CALLER)
    assert (answer.text, answer.reasoning, answer.usage) == ("four", canned.reasoning, canned.counted)


SENT: dict[str, tuple[set[str], set[str]]] = {
    # Fields and values as they stand in the request's JSON, and fields that do not.
    "openai": ({'"max_completion_tokens":9', '"seed":7', '"prompt_cache_key":'}, {"max_tokens"}),
    "azure": ({'"max_completion_tokens":9', '"seed":7', '"prompt_cache_key":'}, {"max_tokens"}),
    "openrouter": ({'"max_tokens":9', '"seed":7', '"usage":{"include":true}'}, {"prompt_cache_key"}),
    "deepseek": ({'"max_tokens":9', '"type":"json_object"'}, {"seed", "json_schema"}),
    "mistral": ({'"max_tokens":9', '"random_seed":7'}, {"seed", "prompt_cache_key"}),
    "groq": ({'"max_completion_tokens":9', '"seed":7'}, {"max_tokens"}),
    "xai": ({'"max_completion_tokens":9', '"seed":7'}, {"max_tokens"}),
    "ollama": ({'"max_tokens":9', '"seed":7'}, {"prompt_cache_key"}),
    "vllm": ({'"max_tokens":9', '"seed":7'}, {"prompt_cache_key"}),
    "llamacpp": ({'"max_tokens":9', '"seed":7'}, {"prompt_cache_key"}),
    "litellm": ({'"max_tokens":9', '"seed":7'}, {"prompt_cache_key"}),
    "compatible": ({'"max_tokens":9', '"seed":7'}, {"prompt_cache_key"}),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_request_is_as_the_family_wants_it(ask: Ask, offline: OfflineModel, family: str) -> None:
    offline.tell({"answer": '{"mood": "sad"}'})
    asked = Request("Which?", system="Be brief.", json_schema=MOOD, seed=7, max_output_tokens=9)
    ask(model(offline, family), asked, CALLER)
    (received,) = offline.requests()
    pieces, absent = SENT[family]
    assert {piece for piece in pieces if piece not in received["body"]} == set()
    assert absent & json.loads(received["body"]).keys() == set()
    assert ("json_schema" in received["body"]) is (family != "deepseek")
    carried = {name: value for name, value in received["headers"].items() if value.endswith("k")}
    assert ("api-key" in carried) is (family == "azure")
    assert ("authorization" in carried) is (family != "azure")


NONE = {"reasoning_effort": "none"}
TEMPLATE = {"chat_template_kwargs": {"enable_thinking": False}}


@pytest.mark.parametrize(
    ("family", "budget", "fields"),
    [
        *((family, 0, NONE) for family in ("openai", "azure", "groq", "ollama")),
        *((family, 0, TEMPLATE) for family in ("vllm", "llamacpp")),
        ("openrouter", 0, {"reasoning": {"enabled": False}}),
        ("openrouter", 1024, {"reasoning": {"max_tokens": 1024}}),
        ("litellm", 0, {"thinking": {"type": "disabled"}}),
        ("litellm", 1024, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
        ("deepseek", 0, {"thinking": {"type": "disabled"}}),
        ("vllm", 1024, {}),
        ("mistral", 0, {}),
    ],
)
def test_a_budget_for_thoughts_is_said_where_it_can_be(
    ask: Ask, offline: OfflineModel, family: str, budget: int, fields: dict[str, Any]
) -> None:
    ask(model(offline, family), Request("q"), CALLER)
    ask(model(offline, family, thinking_budget=budget), Request("q"), CALLER)
    without, with_it = (json.loads(one["body"]) for one in offline.requests())
    assert {name: value for name, value in with_it.items() if name not in without} == fields
    offline.reset()
    effort = {"thinking_budget": budget, "reasoning_effort": "low"}
    ask(model(offline, family, **effort), Request("q"), CALLER)
    assert '"low"' in offline.requests()[0]["body"], "words count before a number"

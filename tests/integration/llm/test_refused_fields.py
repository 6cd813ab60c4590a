"""Fields that servers refuse in words of their own: left off, and their work done here where that can be."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.llm.adaptation import adapted
from ai_worker.llm.errors import EmptyAnswer, FieldRefused
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.providers.wire.refused_fields import refused_field
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import RequestRejected
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
MOOD = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}


@pytest.fixture
def model(offline: OfflineModel) -> Model:
    return Model("m", "openai", f"{offline.url}/v1", SecretStr("k"), deadline_seconds=10)


def refusing(offline: OfflineModel, said: str, answer: str) -> None:
    offline.tell({"fault": "400", "body": {"error": {"message": said}}, "times": 1}, {"answer": answer})


def test_a_stop_sequence_that_a_server_refuses_is_cut_off_here(
    ask: Ask, model: Model, offline: OfflineModel
) -> None:
    said = "Unsupported parameter: 'stop' is not supported with this model."
    question = Request("Two and two?", stop=("\n\n", "\nQ:"))
    offline.tell({"answer": "four\nQ: and five?"})
    assert ask(model, question, CALLER).text == "four\nQ: and five?", "a server that takes them is believed"
    offline.reset()
    refusing(offline, said, "four\nQ: and five?")
    assert ask(model, question, CALLER).text == "four"
    before, after = (json.loads(one["body"]) for one in offline.requests())
    assert before["stop"] == ["\n\n", "\nQ:"] and "stop" not in after
    offline.tell({"answer": "\nQ: and five?"})
    with pytest.raises(EmptyAnswer):
        ask(model, question, CALLER)


@pytest.mark.parametrize(
    ("provider", "said", "field", "dialect"),
    [
        (
            "anthropic",
            "This model does not support the effort parameter.",
            "effort",
            Dialect(reasoning_effort="low"),
        ),
        (
            "anthropic",
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and'
            ' "output_config.effort" to control thinking behavior.',
            "thinking",
            Dialect(thinking_budget=1024),
        ),
        (
            "gemini",
            "Thinking level is not supported for this model.",
            "thinkingConfig",
            Dialect(reasoning_effort="low"),
        ),
        (
            "gemini",
            "Budget 0 is invalid. This model only works in thinking mode.",
            "thinkingConfig",
            Dialect(thinking_budget=0),
        ),
    ],
)
def test_thinking_that_a_model_refuses_is_left_off(
    ask: Ask,
    model: Model,
    offline: OfflineModel,
    provider: Provider,
    said: str,
    field: str,
    dialect: Dialect,
) -> None:
    asked = replace(model, provider=provider, base_url=offline.url, dialect=dialect)
    refusing(offline, said, '{"mood": "sad"}')
    assert ask(asked, Request("Which mood?", json_schema=MOOD), CALLER).data == {"mood": "sad"}
    before, after = (one["body"] for one in offline.requests())
    assert f'"{field}"' in before and f'"{field}"' not in after
    assert adapted(asked).omitted == {field} and adapted(asked).structured is None


def test_a_word_that_holds_a_fields_name_is_not_its_name() -> None:
    fault = RequestRejected("400")
    said = "Unknown message: the stopped stream seeds nothing"
    assert refused_field(fault, said, {"stop": ["x"], "seed": 7}, None) is fault


@pytest.mark.parametrize(
    ("said", "body", "field"),
    [
        (
            "Encrypted content is not supported with this model.",
            {"include": ["reasoning.encrypted_content"], "input": []},
            "include",
        ),
        (
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            {"reasoning": {"effort": "low"}, "input": []},
            "reasoning",
        ),
        (
            "Unsupported parameter: 'max_output_tokens' is not supported",
            {"max_output_tokens": 9, "input": []},
            "max_output_tokens",
        ),
        # vLLM with Mistral's own tokenizer, and Ollama with a model that does not think.
        (
            "chat_template is not supported for Mistral tokenizers.",
            {"chat_template_kwargs": {"enable_thinking": False}},
            "chat_template_kwargs",
        ),
        (
            "Reasoning is mandatory for this endpoint and cannot be disabled.",
            {"reasoning": {"enabled": False}},
            "reasoning",
        ),
        (
            "output_config: Extra inputs are not permitted",
            {"output_config": {"effort": "low"}},
            "effort",
        ),
        ('"llama3.1" does not support thinking', {"reasoning_effort": "low"}, "reasoning_effort"),
    ],
)
def test_fields_are_found_in_what_their_servers_say(said: str, body: dict[str, Any], field: str) -> None:
    found = refused_field(RequestRejected("400"), said, body, None)
    assert isinstance(found, FieldRefused) and found.field == field


def test_a_nested_field_that_a_proxy_refuses_is_left_off_and_remembered(
    ask: Ask, model: Model, offline: OfflineModel
) -> None:
    claude = replace(model, provider="anthropic", base_url=offline.url)
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": ""}}
    body["error"]["message"] = "system.0.cache_control: Extra inputs are not permitted"  # type: ignore[index]
    offline.tell({"fault": "400", "body": body, "times": 1}, {"answer": "four"})
    question = Request("Two and two?", system="Answer briefly. " * 400)
    for _ in range(2):
        assert ask(claude, question, CALLER).text == "four"
    sent = ['"cache_control"' in one["body"] for one in offline.requests()]
    assert sent == [True, False, False]
    assert adapted(claude).describe() == "without cache_control"
    assert json.loads(offline.requests()[-1]["body"])["system"], "the system prompt itself is there"


def test_a_refusal_in_ordinary_words_costs_one_call_and_teaches_nothing(
    ask: Ask, model: Model, offline: OfflineModel
) -> None:
    said = "This picture is not supported. Please include another one and stop there; see usage."
    offline.tell({"match": {"contains": "Two"}, "fault": "400", "body": {"error": {"message": said}}})
    with pytest.raises(RequestRejected):
        ask(model, Request("Two and two?", stop=("\n",), seed=7), CALLER)
    asked = [one for one in offline.requests() if "Two" in one["body"]]
    assert len(asked) == 1 and adapted(model).describe() == ""

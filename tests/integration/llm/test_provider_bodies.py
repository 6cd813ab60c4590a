"""Bodies as real providers send them, beyond what the contract asks of all."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.model import Model, Provider
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, QuotaExhausted, RateLimited, Unauthorized
from ai_worker.outbound.usage import Usage
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
PATHS = {"gemini": "", "openai": "/v1", "prompt_api": "/api/prompt"}


def model(offline: OfflineModel, provider: Provider, **fields: Any) -> Model:
    return Model("m", provider, offline.url + PATHS[provider], SecretStr("k"), deadline_seconds=10, **fields)


def candidate(reason: str | None, *parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "candidates": [
            {"content": {"role": "model", "parts": list(parts)}, "finishReason": reason, "index": 0}
        ]
    }


def choice(reason: str, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "choices": [{"index": 0, "finish_reason": reason, "message": {"role": "assistant", **message}}],
        "usage": None,
    }


@pytest.mark.parametrize(
    ("provider", "body", "text"),
    [
        (
            "gemini",
            candidate("STOP", {"text": "plan", "thought": True}, {"text": "one "}, {"text": "two"}),
            "one two",
        ),
        ("gemini", candidate(None, {"text": "old server"}), "old server"),
        (
            "openai",
            choice("stop", {"content": [{"type": "text", "text": "in "}, {"type": "text", "text": "parts"}]}),
            "in parts",
        ),
        (
            "openai",
            choice("stop", {"content": "said", "refusal": None, "reasoning_content": "thought"}),
            "said",
        ),
        ("prompt_api", {"data": {"answer": "deep"}}, "deep"),
        ("prompt_api", "just text", "just text"),
        ("prompt_api", choice("stop", {"content": "as chat"}), "as chat"),
        ("prompt_api", {"response": "fine", "error": None}, "fine"),
    ],
)
def test_texts_are_read(ask: Ask, offline: OfflineModel, provider: Provider, body: Any, text: str) -> None:
    offline.tell({"body": body})
    answer = ask(model(offline, provider), Request("q"), CALLER)
    assert (answer.text, answer.body) == (text, body)


@pytest.mark.parametrize(
    ("provider", "body", "kind"),
    [
        ("gemini", candidate("SAFETY"), Refused),
        ("gemini", candidate("RECITATION", {"text": "a known text"}), Refused),
        ("gemini", candidate("PROHIBITED_CONTENT"), Refused),
        ("gemini", {"promptFeedback": {"blockReason": "OTHER"}}, Refused),
        ("gemini", candidate("MAX_TOKENS"), Truncated),
        ("gemini", candidate("MALFORMED_FUNCTION_CALL"), BadAnswer),
        ("gemini", candidate("STOP", {"text": "only a thought", "thought": True}), BadAnswer),
        ("gemini", {"candidates": []}, BadAnswer),
        ("gemini", {"candidates": [{"finishReason": "STOP"}]}, BadAnswer),
        ("gemini", [], BadAnswer),
        ("openai", choice("stop", {"content": None, "refusal": "I can't help."}), Refused),
        ("openai", choice("content_filter", {"content": "half"}), Refused),
        ("openai", choice("length", {"content": ""}), Truncated),
        ("openai", {"choices": []}, BadAnswer),
        ("openai", {"choices": [None]}, BadAnswer),
        ("openai", "text", BadAnswer),
        ("openai", {"error": {"code": 429, "message": "upstream"}}, RateLimited),
        ("prompt_api", choice("length", {"content": "cut"}), Truncated),
        ("prompt_api", {"response": "cut", "done_reason": "length"}, Truncated),
        ("prompt_api", {"status": "queued"}, BadAnswer),
        ("prompt_api", {"error": "model crashed"}, BadAnswer),
        ("prompt_api", 5, BadAnswer),
    ],
)
def test_what_is_no_answer_is_told_apart(
    ask: Ask, offline: OfflineModel, provider: Provider, body: Any, kind: type[CallError]
) -> None:
    offline.tell({"body": body})
    with pytest.raises(CallError) as caught:
        ask(model(offline, provider), Request("q"), CALLER)
    assert isinstance(caught.value, kind)


def test_a_wrong_gemini_key_is_a_400(ask: Ask, offline: OfflineModel) -> None:
    message = "API key not valid. Please pass a valid API key."
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    offline.tell(
        {
            "fault": "400",
            "body": {
                "error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details}
            },
        }
    )
    with pytest.raises(Unauthorized):
        ask(model(offline, "gemini"), Request("q"), CALLER)


@pytest.mark.parametrize(
    ("quota", "kind", "wait"), [("PerDay", QuotaExhausted, None), ("PerMinute", RateLimited, 21.5)]
)
def test_gemini_names_the_quota(
    offline: OfflineModel, quota: str, kind: type[CallError], wait: float | None
) -> None:
    details = [
        {"violations": [{"quotaId": f"GenerateRequests{quota}PerProjectPerModel"}]},
        {"retryDelay": "21.5s"},
    ]
    offline.tell(
        {
            "fault": "429",
            "body": {
                "error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "x", "details": details}
            },
        }
    )
    with pytest.raises(kind) as caught:
        PROVIDERS["gemini"].call(model(offline, "gemini"), Request("q"))
    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({"response": "four", "usage": {"input_tokens": 9, "output_tokens": 3}}, Usage(9, 3)),
        ({"response": "four", "prompt_eval_count": 8, "eval_count": 2}, Usage(8, 2)),
        ({"response": "four"}, Usage(3, 1)),
    ],
)
def test_the_prompt_api_counts_or_is_estimated(
    ask: Ask, offline: OfflineModel, body: Any, usage: Usage
) -> None:
    offline.tell({"body": body})
    assert (
        ask(model(offline, "prompt_api"), Request("{q}", variables={"q": "eight ch"}), CALLER).usage == usage
    )


class Node(BaseModel):
    """Recursive, which the older of Gemini's two dialects cannot express."""

    text: str
    children: list["Node"] = []


def sent(offline: OfflineModel) -> Any:
    return json.loads(offline.requests()[0]["body"])


def test_what_goes_to_gemini(ask: Ask, offline: OfflineModel) -> None:
    asked = Request("q", system="s", schema=Node, temperature=0.2, seed=7)
    ask(model(offline, "gemini", max_output_tokens=500), asked, CALLER)
    body = sent(offline)
    assert body["contents"] == [{"role": "user", "parts": [{"text": "q"}]}]
    assert body["systemInstruction"] == {"parts": [{"text": "s"}]}
    schema = body["generationConfig"].pop("responseJsonSchema")
    assert schema["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}
    assert body["generationConfig"] == {
        "temperature": 0.2,
        "seed": 7,
        "maxOutputTokens": 500,
        "responseMimeType": "application/json",
    }


def test_what_goes_to_openai(ask: Ask, offline: OfflineModel) -> None:
    asked = Request("q", system="s", schema=Node, temperature=0.2, seed=7, max_output_tokens=100)
    ask(model(offline, "openai", max_output_tokens=500), asked, CALLER)
    body = sent(offline)
    form = body.pop("response_format")
    assert (
        form["type"],
        form["json_schema"]["strict"],
        form["json_schema"]["schema"]["additionalProperties"],
    ) == (
        "json_schema",
        True,
        False,
    )
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "q"}]
    assert body == {
        "model": "m",
        "messages": messages,
        "stream": False,
        "temperature": 0.2,
        "seed": 7,
        "max_tokens": 100,
    }


def test_what_goes_to_the_prompt_api(ask: Ask, offline: OfflineModel) -> None:
    ask(
        model(offline, "prompt_api"),
        Request("Say {what}", variables={"what": "{hi}"}, temperature=0.2),
        CALLER,
    )
    assert sent(offline) == {
        "model": "m",
        "prompt": "Say {what}",
        "variables": {"what": "{hi}"},
        "stream": False,
    }


def test_a_plain_prompt_with_braces_goes_to_the_prompt_api_as_a_value(
    ask: Ask, offline: OfflineModel
) -> None:
    ask(model(offline, "prompt_api"), Request("A {brace}"), CALLER)
    assert sent(offline)["prompt"] == "{text}" and sent(offline)["variables"] == {"text": "A {brace}"}


@pytest.mark.parametrize(
    ("name", "path"), [("models/gemini-x", "/v1beta/models/gemini-x"), ("a/b?c", "/v1beta/models/a/b?c")]
)
def test_a_model_name_cannot_leave_its_place_in_the_url(
    ask: Ask, offline: OfflineModel, name: str, path: str
) -> None:
    ask(Model(name, "gemini", offline.url, SecretStr("k"), deadline_seconds=10), Request("q"), CALLER)
    assert offline.requests()[0]["path"] == f"{path}:generateContent"

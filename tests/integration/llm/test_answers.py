"""What is stored of an answer: reasoning apart, the object that fits, nothing of half an answer; a second try
says what was wrong.
"""

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from ai_worker.llm.errors import RedactionMismatch, Refused, Truncated
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.llm.providers.wire.event_stream import streamed_body
from ai_worker.llm.providers.wire.exchange import _json
from ai_worker.llm.request import Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, Overloaded, ServerFault, Unreachable
from ai_worker.outbound.http.response import Response
from ai_worker.outbound.usage import Usage
from tests.integration.conftest import Ask
from tests.offline_model import OfflineModel

CALLER = CallContext("evaluations", "t", "1", "u", redact=False)
PATHS = {"gemini": "", "openai": "/v1", "anthropic": "", "prompt_api": "/api/prompt"}
MOOD = {"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}


def model(offline: OfflineModel, provider: Provider = "openai", **fields: Any) -> Model:
    return Model("m", provider, offline.url + PATHS[provider], SecretStr("k"), deadline_seconds=10, **fields)


def chat(reason: str | None = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    return {
        "choices": [{"finish_reason": reason, "message": {"role": "assistant", **message}}],
        "usage": usage,
    }


@pytest.mark.parametrize(
    ("provider", "body", "text", "reasoning"),
    [
        ("openai", chat(content="<think>\nhm\n</think>\nfour"), "four", "hm"),
        ("openai", chat(content="hm\n</think>\n\nfour"), "four", "hm"),
        ("openai", chat(content="four", reasoning_content="hm"), "four", "hm"),
        ("openai", chat(content="four", reasoning="hm"), "four", "hm"),
        (
            "openai",
            chat(
                content=[
                    {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                    {"type": "text", "text": "four"},
                ]
            ),
            "four",
            "hm",
        ),
        (
            "anthropic",
            {
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "four"}],
                "stop_reason": "end_turn",
            },
            "four",
            "hm",
        ),
        (
            "gemini",
            {
                "candidates": [
                    {
                        "content": {"parts": [{"text": "hm", "thought": True}, {"text": "four"}]},
                        "finishReason": "STOP",
                    }
                ]
            },
            "four",
            "hm",
        ),
        ("prompt_api", {"response": "<think>hm</think>four"}, "four", "hm"),
    ],
)
def test_reasoning_is_kept_apart(
    ask: Ask, offline: OfflineModel, provider: Provider, body: Any, text: str, reasoning: str
) -> None:
    offline.tell({"body": body})
    answer = ask(model(offline, provider), Request("q"), CALLER)
    assert (answer.text, answer.reasoning) == (text, reasoning)


@pytest.mark.parametrize("content", ["<think>and so on", "<think>only this</think>"])
def test_reasoning_alone_is_no_answer(ask: Ask, offline: OfflineModel, content: str) -> None:
    offline.tell({"body": chat(content=content)})
    with pytest.raises(BadAnswer, match="reasoning and nothing else"):
        ask(model(offline), Request("q"), CALLER)


@pytest.mark.parametrize(
    ("provider", "body", "kind"),
    [
        ("openai", chat("error", content="half a tr"), ServerFault),
        ("openai", chat("abort", content="half"), ServerFault),
        ("openai", chat("insufficient_system_resource", content="half"), Overloaded),
        ("openai", chat("network_error", content="half"), Overloaded),
        ("openai", chat("model_length", content="half"), Truncated),
        ("openai", chat("sensitive", content="half"), Refused),
        ("openai", chat("a new word", content="half"), BadAnswer),
        (
            "openai",
            {"choices": [{"error": {"code": 502}, "finish_reason": "stop", "message": {"content": "half"}}]},
            ServerFault,
        ),
        (
            "anthropic",
            {"content": [{"type": "text", "text": "half"}], "stop_reason": "max_tokens"},
            Truncated,
        ),
        (
            "anthropic",
            {"content": [{"type": "text", "text": "half"}], "stop_reason": "pause_turn"},
            BadAnswer,
        ),
        ("anthropic", {"content": [], "stop_reason": "refusal"}, Refused),
        (
            "gemini",
            {"candidates": [{"content": {"parts": [{"text": "half"}]}, "finishReason": "OTHER"}]},
            BadAnswer,
        ),
        (
            "gemini",
            {"candidates": [{"content": {"parts": [{"text": "half"}]}, "finishReason": "A_NEW_WORD"}]},
            BadAnswer,
        ),
        ("prompt_api", {"response": "half", "finish_reason": "error"}, ServerFault),
        ("prompt_api", chat("abort", content="half"), ServerFault),
        ("prompt_api", {"data": {"answer": "half", "finish_reason": "length"}}, Truncated),
        ("prompt_api", {"output": {"text": "half", "finish_reason": "error"}}, ServerFault),
        (
            "prompt_api",
            {
                "output_text": "half",
                "status": "incomplete",
                "incomplete_details": {"reason": "max_output_tokens"},
            },
            Truncated,
        ),
        ("prompt_api", [{"generated_text": "half", "details": {"finish_reason": "length"}}], Truncated),
        ("openai", chat(["stop"], content="half"), BadAnswer),  # type: ignore[arg-type]
        ("openai", chat({"type": "stop"}, content="half"), BadAnswer),  # type: ignore[arg-type]
        ("anthropic", {"content": [{"type": "text", "text": "half"}], "stop_reason": ["x"]}, BadAnswer),
        ("openai", chat("tool_calls", content=""), BadAnswer),
        ("openai", chat(content=[{"type": "refusal", "refusal": "I can't help."}]), Refused),
        ("openai", [{"error": {"code": 503, "message": "upstream"}}], Overloaded),
    ],
)
def test_an_end_that_is_not_known_to_be_good_is_a_fault(
    ask: Ask, offline: OfflineModel, provider: Provider, body: Any, kind: type[CallError]
) -> None:
    offline.tell({"body": body})
    with pytest.raises(CallError) as caught:
        ask(model(offline, provider), Request("q"), CALLER)
    assert type(caught.value) is kind


@pytest.mark.parametrize("reason", ["stop", "eos", "STOP", "end_turn", "stop ", "", None])
def test_good_ends(ask: Ask, offline: OfflineModel, reason: str | None) -> None:
    offline.tell({"body": chat(reason, content="whole")})
    assert ask(model(offline), Request("q"), CALLER).text == "whole"


def test_the_object_after_the_thoughts_is_stored(ask: Ask, offline: OfflineModel) -> None:
    offline.tell({"body": chat(content='<think>{"mood":"happy"}? No</think>{"mood":"sad"}')})
    assert ask(model(offline), Request("q", json_schema=MOOD), CALLER).data == {"mood": "sad"}


def test_an_answer_that_is_not_usable_is_asked_for_once_more_with_what_is_wrong(
    ask: Ask, offline: OfflineModel
) -> None:
    def verify(text: str) -> None:
        if "</b>" not in text:
            raise BadAnswer("markup was lost", problem="it lost the tag </b>")

    offline.tell({"body": chat(content="<b>bold"), "times": 1}, {"body": chat(content="<b>bold</b>")})
    answer = ask(model(offline), Request("Correct <b>bold</b>", verify=verify), CALLER)
    assert answer.text == "<b>bold</b>"
    asked = offline.requests()[1]["body"]
    assert "it lost the tag </b>" in asked and "Your previous answer was" in asked
    offline.tell({"body": chat(content="<b>bold")})
    with pytest.raises(BadAnswer, match="markup was lost"):
        ask(model(offline), Request("Correct <b>bold</b>", verify=verify), CALLER)
    assert offline.counts()["total"] == 4, "twice for each question, never more"


def test_fields_with_a_wrong_placeholder_are_asked_for_once_more_with_what_is_wrong(
    ask: Ask, offline: OfflineModel
) -> None:
    wrong, right = ({"mood": f"of ⟦PII_EMAIL_{number}⟧"} for number in (9, 1))
    offline.tell(
        {"answer": json.dumps(wrong, ensure_ascii=False), "usage": {"input": 10, "output": 1}, "times": 1},
        {"answer": json.dumps(right, ensure_ascii=False), "usage": {"input": 20, "output": 2}},
    )
    caller = replace(CALLER, redact=True)
    answer = ask(model(offline), Request("Whose mood? anna@example.com", json_schema=MOOD), caller)
    assert answer.data == {"mood": "of anna@example.com"}
    assert (answer.usage.input, answer.usage.output) == (30, 3)
    first, second = (json.loads(one["body"])["messages"][-1]["content"] for one in offline.requests())
    assert "not usable" not in first
    assert "It is not usable: it holds ⟦PII_EMAIL_9⟧, which the text does not." in second

    offline.tell({"answer": json.dumps(wrong, ensure_ascii=False), "usage": {"input": 10, "output": 1}})
    with pytest.raises(RedactionMismatch) as caught:
        ask(model(offline), Request("Whose mood? anna@example.com", json_schema=MOOD), caller)
    assert caught.value.usage == Usage(20, 2)
    assert offline.counts()["total"] == 4, "twice for each question, never more"
    offline.tell(
        {"answer": "no object", "times": 1}, {"answer": json.dumps(wrong, ensure_ascii=False), "times": 1}
    )
    with pytest.raises(RedactionMismatch):
        ask(model(offline), Request("Whose mood? anna@example.com", json_schema=MOOD), caller)
    assert offline.counts()["total"] == 6


def test_an_answer_that_was_cut_off_gets_more_room_once(ask: Ask, offline: OfflineModel) -> None:
    offline.tell({"fault": "length", "times": 1})
    assert ask(model(offline), Request("q", max_output_tokens=100), CALLER).text
    assert '"max_tokens":200' in offline.requests()[1]["body"]
    offline.tell({"fault": "length"})
    with pytest.raises(Truncated):
        ask(model(offline), Request("q", max_output_tokens=100), CALLER)
    assert offline.counts()["total"] == 4


EVENTS = [
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"hm"}}]}',
    b'data: {"choices":[{"index":0,"delta":{"content":"fo"}}]}',
    b": keep alive",
    b'data: {"choices":[{"index":0,"delta":{"content":"ur"},"finish_reason":"stop"}]}',
    b'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}',
    b"data: [DONE]",
]


def test_a_stream_is_read_whole_or_not_at_all() -> None:
    body = streamed_body(b"\n\n".join(EVENTS) + b"\n\n")
    assert body["choices"][0]["message"] == {
        "role": "assistant",
        "content": "four",
        "reasoning_content": "hm",
    }
    assert body["usage"]["completion_tokens"] == 2
    with pytest.raises(Unreachable, match="broke off"):
        streamed_body(b"\n\n".join(EVENTS[:3]) + b"\n\n")
    with pytest.raises(Unreachable, match="broke off"):
        streamed_body(b"\n\n".join([*EVENTS[:2], EVENTS[3][:40]]))
    assert streamed_body(b'data: {"error": {"code": 429}}\n\n') == {"error": {"code": 429}}


def _event(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}".encode()


def test_a_stream_of_anthropics_is_a_message() -> None:
    events = [
        _event({"type": "message_start", "message": {"content": [], "usage": {"input_tokens": 9}}}),
        _event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        _event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "four"}}),
        _event(
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}
        ),
        _event({"type": "message_stop"}),
    ]
    body = streamed_body(b"\n\n".join(events))
    assert body["content"] == [{"type": "text", "text": "four"}]
    assert (body["stop_reason"], body["usage"]) == ("end_turn", {"input_tokens": 9, "output_tokens": 2})
    with pytest.raises(Unreachable):
        streamed_body(b"\n\n".join(events[:-1]))


def test_a_server_that_does_not_stream_is_read_all_the_same(ask: Ask, offline: OfflineModel) -> None:
    asked = model(offline, dialect=Dialect(stream=True))
    assert ask(asked, Request("q"), CALLER).text
    assert '"stream":true' in offline.requests()[0]["body"]


def served(content: bytes, content_type: str) -> str:
    """The text that a server's bytes are read as."""
    response = Response(200, {"content-type": content_type}, content, framed=True, reusable=True)
    return str(_json(response)["choices"][0]["message"]["content"])


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'\xef\xbb\xbf{"choices":[{"message":{"content":"four"}}]}', "application/json"),
        (b'{"choices":[{"message":{"content":"four"}}]}', "text/plain"),
        (b'data: {"choices":[{"delta":{"content":"four"},"finish_reason":"stop"}]}\n\n', "Text/Event-Stream"),
    ],
)
def test_what_a_server_sends_decides_how_it_is_read(content: bytes, content_type: str) -> None:
    assert served(content, content_type) == "four"


def test_half_a_character_in_a_body_is_replaced_and_the_answer_kept() -> None:
    body = b'{"choices":[{"message":{"content":"four \\ud83e"}}]}'
    assert served(body, "application/json") == "four \ufffd"
    body = b'{"choices":[{"message":{"content":"four \xf0\x9f"}}]}'
    assert served(body, "application/json") == "four \ufffd"
    for broken in (b'{"choices":[{"message":{"content":"fo', b'{"score": NaN}', b"[" * 100_000):
        with pytest.raises(BadAnswer):
            served(broken, "application/json")


def test_settings_of_the_model_reach_the_request(ask: Ask, offline: OfflineModel) -> None:
    dialect = Dialect(
        headers={"X-Tenant": "acme"},
        body={"chat_template_kwargs": {"enable_thinking": False}},
        omit=frozenset({"seed"}),
        token_field="max_new_tokens",
        reasoning_effort="low",
    )
    ask(model(offline, dialect=dialect, max_output_tokens=9), Request("q", seed=3), CALLER)
    (received,) = offline.requests()
    assert received["headers"]["x-tenant"] == "acme"
    for piece in (
        '"chat_template_kwargs":{"enable_thinking":false}',
        '"max_new_tokens":9',
        '"reasoning_effort":"low"',
    ):
        assert piece in received["body"]
    assert "seed" not in received["body"]

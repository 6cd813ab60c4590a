"""The four forms keep what every provider keeps: ends, reasoning, counts, and the settings of the model."""

import importlib
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.model import Dialect, Model, Provider
from ai_worker.outbound.errors import BadAnswer, CallError, Overloaded, ServerFault
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.wire.form import Form
from ai_worker.pipelines.assistants.wire.forms import ANTHROPIC, CHAT, GEMINI, RESPONSES
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Declared,
    Item,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
    UserSays,
)

CONVERSATION = Conversation("Be brief.", [UserSays("Hello")], 0)
CALL = {"id": "c1", "type": "function", "function": {"name": "time", "arguments": "{}"}}


def model(provider: Provider = "openai", url: str = "http://h/v1", **fields: Any) -> Model:
    return Model("m", provider, url, SecretStr("key"), **fields)


def chat(reason: Any, content: Any = "half", **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, **more.pop("message", {})}
    return {"choices": [{"finish_reason": reason, "message": message, **more}]}


def responses(status: str | None, text: str = "half", **more: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": text}
    return {"status": status, "output": [{"type": "message", "content": [part]}], **more}


def claude(reason: Any, *blocks: dict[str, Any]) -> dict[str, Any]:
    return {"content": list(blocks) or [{"type": "text", "text": "half"}], "stop_reason": reason}


def gemini(reason: Any, text: str = "half") -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": reason}]}


@pytest.mark.parametrize(
    ("form", "body", "kind"),
    [
        (CHAT, chat("length"), Truncated),
        (CHAT, chat("model_length"), Truncated),
        (CHAT, chat("content_filter"), Refused),
        (CHAT, chat("error"), ServerFault),
        (CHAT, chat("abort"), ServerFault),
        (CHAT, chat("network_error"), Overloaded),
        (CHAT, chat("insufficient_system_resource"), Overloaded),
        (CHAT, chat("a new word"), BadAnswer),
        (CHAT, chat("stop", error={"code": 502}), ServerFault),
        (CHAT, chat("tool_calls"), BadAnswer),
        (CHAT, chat("stop", message={"refusal": "no"}), Refused),
        (CHAT, chat("stop", ""), EmptyAnswer),
        (CHAT, chat("stop", "<think>and so on"), EmptyAnswer),
        (RESPONSES, responses("incomplete", incomplete_details={"reason": "max_output_tokens"}), Truncated),
        (RESPONSES, responses("incomplete", incomplete_details={"reason": "content_filter"}), Refused),
        (RESPONSES, responses("cancelled"), ServerFault),
        (RESPONSES, responses("in_progress"), BadAnswer),
        (ANTHROPIC, claude("max_tokens"), Truncated),
        (ANTHROPIC, claude("model_context_window_exceeded"), Truncated),
        (ANTHROPIC, claude("refusal"), Refused),
        (ANTHROPIC, claude("pause_turn"), BadAnswer),
        (ANTHROPIC, claude("tool_use"), BadAnswer),
        (ANTHROPIC, claude("end_turn", {"type": "thinking", "thinking": "hm"}), EmptyAnswer),
        (GEMINI, gemini("MAX_TOKENS"), Truncated),
        (GEMINI, gemini("MODEL_ARMOR"), Refused),
        (GEMINI, gemini("MALFORMED_FUNCTION_CALL"), BadAnswer),
        (GEMINI, gemini(["STOP"]), BadAnswer),
    ],
)
def test_an_end_that_is_not_known_to_be_good_is_a_fault(form: Form, body: Any, kind: type[CallError]) -> None:
    with pytest.raises(CallError) as caught:
        form.read(model(), body)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("form", "body"),
    [
        (CHAT, chat("stop", "<think>hm</think>four")),
        (CHAT, chat("stop", "hm\n</think>\n\nfour")),
        (CHAT, chat("stop", [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "four"}])),
        (CHAT, chat(None, "four")),
        (RESPONSES, responses("completed", "<think>hm</think>four")),
        (GEMINI, gemini("STOP", "<think>hm</think>four")),
        (
            ANTHROPIC,
            claude("end_turn", {"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "four"}),
        ),
    ],
)
def test_the_user_is_shown_the_answer_without_its_reasoning(form: Form, body: Any) -> None:
    assert form.read(model(), body)[0].text == "four"


def test_calls_of_anthropics_are_whole_with_text_beside_them() -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "time", "input": {"zone": "UTC"}}
    body = claude("tool_use", {"type": "text", "text": "I look."}, call)
    counted = {"input_tokens": 5, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 1}
    says, usage = ANTHROPIC.read(model("anthropic"), {**body, "usage": {**counted, "output_tokens": 2}})
    assert (says.text, [one.arguments for one in says.calls]) == ("I look.", [{"zone": "UTC"}])
    assert usage == Usage(9, 2, 3, written=1)


@pytest.mark.parametrize("reason", ["tool_calls", "function_call", "stop", None])
def test_calls_are_whole_however_their_end_is_named(reason: str | None) -> None:
    says, _ = CHAT.read(model(), chat(reason, None, message={"tool_calls": [CALL]}))
    assert [call.wire_name for call in says.calls] == ["time"]
    with pytest.raises(Truncated):
        CHAT.read(model(), chat("length", None, message={"tool_calls": [CALL]}))


@pytest.mark.parametrize(
    ("form", "body", "counted", "usage"),
    [
        (CHAT, chat("stop"), None, None),
        (CHAT, chat("stop"), {"prompt_tokens": "9", "completion_tokens": 2}, Usage(9, 2)),
        # xAI's thoughts stand in the total alone.
        (
            CHAT,
            chat("stop"),
            {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 71},
            Usage(9, 62),
        ),
        (
            CHAT,
            chat("stop"),
            {
                "prompt_tokens": 9,
                "completion_tokens": 2,
                "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 4},
            },
            Usage(9, 2, 3, written=4),
        ),
        (RESPONSES, responses("completed"), None, None),
        (
            RESPONSES,
            responses("completed"),
            {"input_tokens": 9, "output_tokens": 2, "input_tokens_details": {"cached_tokens": 3}},
            Usage(9, 2, 3),
        ),
    ],
)
def test_what_is_not_counted_is_unknown(form: Form, body: Any, counted: Any, usage: Usage | None) -> None:
    assert form.read(model(), {**body, "usage": counted})[1] == usage


def test_what_gemini_does_not_count_is_unknown() -> None:
    assert GEMINI.read(model("gemini"), gemini("STOP"))[1] is None
    counted = {"promptTokenCount": 9, "candidatesTokenCount": 2, "totalTokenCount": 71}
    assert GEMINI.read(model("gemini"), {**gemini("STOP"), "usageMetadata": counted})[1] == Usage(9, 62)


AZURE = "https://r.openai.azure.com"


@pytest.mark.parametrize(
    ("form", "provider", "url", "family", "address", "key"),
    [
        (CHAT, "openai", "http://h/v1/", "", "http://h/v1/chat/completions", "Authorization"),
        (CHAT, "openai", "http://h/v1?a=b", "", "http://h/v1/chat/completions?a=b", "Authorization"),
        (CHAT, "offline", "http://h", "", "http://h/v1/chat/completions", "Authorization"),
        (
            CHAT,
            "openai",
            AZURE,
            "",
            f"{AZURE}/openai/deployments/m/chat/completions?api-version=2024-10-21",
            "api-key",
        ),
        (RESPONSES, "openai", AZURE, "", f"{AZURE}/openai/v1/responses", "api-key"),
        (RESPONSES, "openai", "http://h/v1?a=b", "", "http://h/v1/responses?a=b", "Authorization"),
        (ANTHROPIC, "anthropic", "https://h?a=b", "", "https://h/v1/messages?a=b", "x-api-key"),
        (GEMINI, "gemini", "http://h", "", "http://h/v1beta/models/m:generateContent", "x-goog-api-key"),
    ],
)
def test_each_family_is_asked_at_its_address(
    form: Form, provider: Provider, url: str, family: str, address: str, key: str
) -> None:
    asked = model(provider, url, dialect=Dialect(family=family))
    assert (form.url(asked), next(iter(form.headers(asked)))) == (address, key)


def test_vertex_is_asked_without_a_version() -> None:
    asked = model("gemini", "https://x-aiplatform.googleapis.com/v1/p", dialect=Dialect(stream=True))
    assert GEMINI.url(asked) == (
        "https://x-aiplatform.googleapis.com/v1/p/models/m:streamGenerateContent?alt=sse"
    )


def test_the_settings_of_the_model_are_obeyed() -> None:
    dialect = Dialect(
        body={"user": "ai-worker"}, omit=frozenset({"tool_choice"}), reasoning_effort="low", stream=True
    )
    chat_body = CHAT.body(model(dialect=dialect, max_output_tokens=9), CONVERSATION)
    assert chat_body["reasoning_effort"] == "low" and chat_body["max_tokens"] == 9
    assert chat_body["stream"] is True and chat_body["stream_options"] == {"include_usage": True}
    responses_body = RESPONSES.body(model(dialect=dialect), CONVERSATION)
    assert responses_body["reasoning"] == {"effort": "low"} and responses_body["stream"] is True
    for body in (chat_body, responses_body):
        assert body["user"] == "ai-worker" and "tool_choice" not in body
    dialect = Dialect(thinking_budget=0, safety={"HARM_CATEGORY_HARASSMENT": "OFF"})
    gemini_body = GEMINI.body(model("gemini", dialect=dialect), CONVERSATION)
    assert gemini_body["generationConfig"] == {"thinkingConfig": {"thinkingBudget": 0}}
    assert gemini_body["safetySettings"] == [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("https://api.openai.com/v1", "max_completion_tokens"),
        ("https://api.groq.com/openai/v1", "max_completion_tokens"),
        ("http://gpu-1:8000/v1", "max_tokens"),
    ],
)
def test_a_family_bounds_its_answers_by_its_own_field(url: str, field: str) -> None:
    body = CHAT.body(model(url=url, max_output_tokens=9), CONVERSATION)
    assert [name for name in body if name.endswith("_tokens")] == [field]
    assert ("prompt_cache_key" in body) is ("api.openai.com" in url)


TIME = Declared("time", "The time.", {"type": "object", "properties": {"zone": {"type": "string"}}})
TURN: list[Item] = [
    UserSays("Hello"),
    ModelSays("", (ToolCall("c.1", "time", {"zone": "UTC"}, ""),)),
    ToolsSay((ToolResult("c.1", False, "no such zone"),)),
]


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(thinking_budget=1024), Dialect(stream=True)])
def test_the_requests_are_as_the_providers_own_sdks_type_them(dialect: Dialect) -> None:
    conversation = Conversation("Be brief.", TURN, 0, [TIME])
    body = ANTHROPIC.body(model("anthropic", dialect=dialect), conversation)
    assert "thinking" not in body, "thoughts of the turn are not there to be sent back"
    types = importlib.import_module("anthropic.types.message_create_params")
    kind = types.MessageCreateParamsStreaming if dialect.stream else types.MessageCreateParamsNonStreaming
    assert set(body) <= set(TypeAdapter(kind).validate_python(body))
    body = CHAT.body(model(url="https://api.openai.com/v1", dialect=dialect), conversation)
    types = importlib.import_module("openai.types.chat.completion_create_params")
    kind = (
        types.CompletionCreateParamsStreaming if dialect.stream else types.CompletionCreateParamsNonStreaming
    )
    assert set(body) <= set(TypeAdapter(kind).validate_python(body))


def test_anthropic_may_think_where_its_thoughts_come_back() -> None:
    asked = model("anthropic", dialect=Dialect(thinking_budget=1024), max_output_tokens=100)
    blocks: list[dict[str, Any]] = [
        {"type": "thinking", "thinking": "hm", "signature": "abc"},
        {"type": "tool_use", "id": "toolu_1", "name": "time", "input": {}},
    ]
    says, _ = ANTHROPIC.read(asked, claude("tool_use", *blocks))
    turn: list[Item] = [UserSays("Hello"), says, ToolsSay((ToolResult("toolu_1", True, "noon"),))]
    body = ANTHROPIC.body(asked, Conversation("", turn, 0, [TIME]))
    assert body["messages"][1]["content"] == blocks
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 1024} and body["max_tokens"] == 1124
    other = replace(says, made_by="another model")
    body = ANTHROPIC.body(asked, Conversation("", [turn[0], other, turn[2]], 0, [TIME]))
    assert "thinking" not in body and [one["type"] for one in body["messages"][1]["content"]] == ["tool_use"]


def test_what_anthropic_refuses_of_its_own_does_not_go_back() -> None:
    asked = model("anthropic", dialect=Dialect(thinking_budget=1024))
    thought = {"type": "thinking", "thinking": "hm", "signature": "abc"}
    call = {"type": "tool_use", "id": "toolu_1", "name": "time", "input": {}}
    result = ToolsSay((ToolResult("toolu_1", True, "noon"),))

    says, _ = ANTHROPIC.read(asked, claude("tool_use", thought, {"type": "text", "text": ""}, call))
    body = ANTHROPIC.body(asked, Conversation("", [UserSays("Hello"), says, result], 0, [TIME]))
    assert body["messages"][1]["content"] == [thought, call] and "thinking" in body

    says, _ = ANTHROPIC.read(asked, claude("tool_use", thought, {**call, "input": '{"zone": '}))
    assert [one.arguments for one in says.calls] == [None]
    body = ANTHROPIC.body(asked, Conversation("", [UserSays(" "), says, result], 0, [TIME]))
    assert body["messages"][1]["content"] == [call] and "thinking" not in body
    assert body["messages"][0]["content"].strip()


def test_reasoning_that_is_not_stored_does_not_go_back() -> None:
    """A reasoning model under a name of one's own, as at Azure, is not asked for its encrypted reasoning."""
    asked = model()
    call = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "time", "arguments": "{}"}
    result = ToolsSay((ToolResult("c1", True, "noon"),))

    def sent_back(**reasoning: Any) -> list[Any]:
        item = {"type": "reasoning", "id": "rs_1", "summary": [], **reasoning}
        says, _ = RESPONSES.read(asked, {"status": "completed", "output": [item, call]})
        turn: list[Item] = [UserSays("Hello"), says, result]
        found: list[Any] = RESPONSES.body(asked, Conversation("", turn, 0, [TIME]))["input"][1:-1]
        return found

    for kept in ({"encrypted_content": "abc"}, {"content": [{"type": "reasoning_text", "text": "hm"}]}):
        assert [one["type"] for one in sent_back(**kept)] == ["reasoning", "function_call"]
    for lost in ({}, {"encrypted_content": None, "content": []}):
        (one,) = sent_back(**lost)
        assert one["type"] == "function_call" and one["call_id"] == "c1" and "id" not in one

"""Refusals as servers word them, and the field of the request that each one means, if any.

The bodies' shapes are those of OpenAI and Azure, Anthropic and its proxies (Vertex AI, Bedrock, gateways),
Gemini, Mistral, Groq, LiteLLM, vLLM, Ollama, llama.cpp, OpenRouter and FastAPI; the texts are invented.
"""

import json
from typing import Any

import orjson
import pytest

from ai_worker.llm.errors import FieldRefused
from ai_worker.llm.providers.wire.failures import words_of
from ai_worker.llm.providers.wire.refused_fields import left_off, refused_field
from ai_worker.outbound.errors import RequestRejected

CHAT: dict[str, Any] = {
    "model": "m",
    "messages": [{"role": "user", "content": "Please include the usage of stop and seed."}],
    "temperature": 0.2,
    "seed": 7,
    "stop": ["\n\n"],
    "max_tokens": 99,
    "prompt_cache_key": "k",
    "reasoning_effort": "low",
    "usage": {"include": True},
}
RESPONSES: dict[str, Any] = {
    "model": "m",
    "input": [{"role": "user", "content": "Please include an input."}],
    "include": ["reasoning.encrypted_content"],
    "reasoning": {"effort": "low"},
    "prompt_cache_key": "k",
    "tools": [{"type": "function", "name": "t", "strict": False, "parameters": {"type": "object"}}],
}
CLAUDE: dict[str, Any] = {
    "model": "m",
    "system": [{"type": "text", "text": "Help.", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {
            "role": "user",
            "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}],
        }
    ],
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "output_config": {"effort": "low"},
    "temperature": 1,
    "max_tokens": 99,
}
GEMINI: dict[str, Any] = {
    "contents": [{"role": "user", "parts": [{"text": "Do not stop to think."}]}],
    "generationConfig": {"seed": 7, "maxOutputTokens": 9, "thinkingConfig": {"thinkingBudget": 0}},
    "safetySettings": [],
}


def openai(message: str, param: Any = None, code: Any = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


def claude(message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "invalid_request_error", "message": message}}


def google(message: str) -> dict[str, Any]:
    return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}


def fast_api(*loc: str | int, given: Any = None) -> dict[str, Any]:
    refused = {"type": "extra_forbidden", "loc": ["body", *loc], "msg": "Extra inputs are not permitted"}
    return {"detail": [{**refused, "input": given}]}


def vllm(message: str) -> dict[str, Any]:
    return {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}


LOC = "[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted'}]"
NO_VALUE = "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) is."
NO_ENCRYPTED = "Encrypted content is not supported with this model."
NO_MAX = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
CACHED = "cache_control: Extra inputs are not permitted"
LITELLM = (
    "litellm.UnsupportedParamsError: groq does not support parameters: {}, for model=x. To drop these, set"
)

PYDANTIC = (
    "1 validation error for ChatCompletionRequest\nseed\n  Extra inputs are not permitted "
    "[type=extra_forbidden, input_value=7, input_type=int]"
)
ECHOED: dict[str, Any] = {
    "temperature": 0.2,
    "response_format": {"type": "json_schema"},
    **CHAT,
    "messages": [{"role": "user", "content": "An unknown thing. " * 200}],
}
OF_THE_WHOLE = {"type": "value_error", "loc": ("body",), "msg": "Value error, top_p must be in (0, 1]."}
"""A fault of another field, in the way of servers that repeat the whole request beside it."""


def relayed(answer: Any) -> dict[str, Any]:
    """As OpenRouter passes on what its provider said."""
    metadata = {"raw": json.dumps(answer), "provider_name": "p"}
    return {"error": {"message": "Provider returned error", "code": 400, "metadata": metadata}}


NAMED: list[tuple[dict[str, Any], Any, str]] = [
    # Fields at the top.
    (CHAT, openai(NO_MAX, "max_tokens", "unsupported_parameter"), "max_tokens"),
    (CHAT, openai(NO_VALUE, "temperature", "unsupported_value"), "temperature"),
    (CHAT, openai("Unrecognized request argument supplied: seed"), "seed"),
    (CHAT, openai("Unrecognized request arguments supplied: prompt_cache_key, seed"), "prompt_cache_key"),
    (CHAT, openai("Unsupported parameter: 'stop' is not supported with this model.", "stop"), "stop"),
    (CHAT, openai("Unknown parameter: 'usage'.", "usage", "unknown_parameter"), "usage"),
    (CHAT, openai("Unknown parameter: 'usage.include'.", "usage.include", "unknown_parameter"), "usage"),
    (CHAT, openai("property 'seed' is unsupported"), "seed"),
    (CHAT, openai(LITELLM.format("['seed']") + " these, set `litellm.drop_params=True`"), "seed"),
    (CHAT, openai(LITELLM.format("{'stop': ['x']}") + " these, set `litellm.drop_params=True`"), "stop"),
    (CHAT, vllm(LOC), "seed"),
    (CHAT, fast_api("seed", given=7), "seed"),
    (CHAT, {"message": fast_api("stop", given=["x"]), "type": "invalid_request_error"}, "stop"),
    (CHAT, {"error": 'json: unknown field "seed"'}, "seed"),
    (CHAT, {"error": '"llama3.1" does not support thinking'}, "reasoning_effort"),
    (CHAT, {"error": {"message": "stop is not supported", "code": 400}}, "stop"),
    (CHAT, openai("The seed parameter is not available for this deployment."), "seed"),
    (CHAT, openai("Unexpected keyword argument seed"), "seed"),
    (CHAT, openai(PYDANTIC), "seed"),
    (CHAT, openai("Argument not supported on this model: stop"), "stop"),
    (CHAT, openai("Unsupported param: seed"), "seed"),
    (CHAT, openai("This model does not support stop sequences."), "stop"),
    (CHAT, openai("The model `m` does not support temperature.", "model"), "temperature"),
    (CHAT, relayed(fast_api("seed", given=7)), "seed"),
    (CHAT, relayed(openai("Unsupported parameter: 'seed' is not supported.", "seed")), "seed"),
    # The Responses API.
    (RESPONSES, openai("Unknown parameter: 'include'.", "include", "unknown_parameter"), "include"),
    (RESPONSES, openai(NO_ENCRYPTED, "include"), "include"),
    (RESPONSES, openai(NO_ENCRYPTED), "include"),
    (
        RESPONSES,
        openai("Invalid value: 'reasoning.encrypted_content'. Supported values are: 'a'.", "include[0]"),
        "include",
    ),
    (RESPONSES, openai("Unsupported parameter: 'reasoning.effort' is not supported."), "reasoning"),
    (RESPONSES, openai("Reasoning is mandatory for this endpoint and cannot be disabled."), "reasoning"),
    (RESPONSES, openai("The 'include' parameter is not supported by the local response store."), "include"),
    (RESPONSES, openai("Unknown parameter: 'tools[0].strict'.", "tools[0].strict"), "strict"),
    (CHAT, openai("This model does not support temperature."), "temperature"),
    (
        CHAT,
        openai("O-series models don't support temperature=0.2. Only temperature=1 is supported."),
        "temperature",
    ),
    (CHAT, openai("Temperature is not supported for reasoning models."), "temperature"),
    (CHAT, openai("Seed parameter is not available."), "seed"),
    (RESPONSES, openai("'reasoning.encrypted_content' in include is not supported here."), "include"),
    # Anthropic's form, at its proxies: the field lies within a message or the system prompt.
    (CLAUDE, claude(f"messages.0.content.0.text.{CACHED}"), "cache_control"),
    (CLAUDE, claude(f"messages.13.content.0.thinking.{CACHED}"), "cache_control"),
    (CLAUDE, claude(f"system.0.{CACHED}"), "cache_control"),
    (CLAUDE, claude(f"*.{CACHED}"), "cache_control"),
    (CLAUDE, claude("system.0.cache_control.ttl: Extra inputs are not permitted"), "cache_control"),
    (
        CLAUDE,
        {"message": "Malformed input request: #/system/0: extraneous key [cache_control] is not permitted"},
        "cache_control",
    ),
    (CLAUDE, fast_api("messages", 0, "content", 0, "cache_control", given={"type": "x"}), "cache_control"),
    (CLAUDE, claude("output_config.effort: Extra inputs are not permitted"), "effort"),
    (CLAUDE, claude("output_config: Extra inputs are not permitted"), "effort"),
    (CLAUDE, claude("This model does not support the effort parameter."), "effort"),
    (CLAUDE, claude("`temperature` is deprecated for this model."), "temperature"),
    (CLAUDE, claude("`temperature` may only be set to 1 when thinking is enabled."), "temperature"),
    (
        CLAUDE,
        claude("`temperature` and `top_p` cannot both be specified for this model. Please use only one."),
        "temperature",
    ),
    (CLAUDE, claude('"thinking.type.enabled" is not supported for this model.'), "thinking"),
    (CLAUDE, claude("thinking: Extra inputs are not permitted"), "thinking"),
    # Gemini.
    (
        GEMINI,
        google(
            "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field."
        ),
        "seed",
    ),
    (
        GEMINI,
        google("It was refused because max_output_tokens is not supported"),
        "maxOutputTokens",
    ),
    (GEMINI, google("Budget 0 is invalid. This model only works in thinking mode."), "thinkingConfig"),
    (GEMINI, google('Unknown name "safetySettings": Cannot find field.'), "safetySettings"),
]

NOT_NAMED: list[tuple[dict[str, Any], Any]] = [
    (
        CHAT,
        openai("This role is not supported. Please include a valid one.", "messages[0].role"),
    ),
    (CHAT, openai("Images are not supported by this model; see your usage page.", "messages")),
    (CHAT, openai("Unsupported content type: the messages must not stop with an assistant's turn.")),
    (CHAT, openai("The model does not support image input. Remove the image and do not include a URL.")),
    (CHAT, openai("Unknown message in the stream: it seeds nothing.")),
    (CHAT, openai("Unsupported language. See https://docs.example.com/usage/include.html for seed texts.")),
    (CHAT, openai("Invalid value: 'stop'. Supported values are: 'function'.", "tool_choice")),
    (CHAT, openai("Usage of this model is not allowed in your region.")),
    (CHAT, openai("Texts that include markup are not permitted.")),
    (CHAT, openai("This endpoint is not available: your usage tier does not include it.")),
    (CHAT, fast_api("messages", 0, "content", given="Please include the usage of stop and seed.")),
    (
        CHAT,
        vllm("Unexpected role in messages: include a user turn. Reasoning is no help, stop there."),
    ),
    (CHAT, {"error": "unknown field in the request. Include only what the reference lists."}),
    (CHAT, openai("This model's maximum context length is 8192 tokens. Please reduce the messages.")),
    (
        RESPONSES,
        openai("Invalid value for 'input': it must include text, all else is not allowed.", "input"),
    ),
    (RESPONSES, openai("input: Extra inputs are not permitted")),
    (RESPONSES, openai("Unknown parameter: 'input[0].status'.", "input[0].status", "unknown_parameter")),
    (RESPONSES, openai("Your reasoning is not supported by the input, please include more.")),
    (CLAUDE, claude("messages.0.content.0.type: Extra inputs are not permitted")),
    (CLAUDE, claude("The effort was not available; thinking about it, temperature of the room is unknown.")),
    (CLAUDE, claude("messages.1.content.0.thinking.signature: Field required, not available")),
    # What an error repeats of the request is not what it says.
    (ECHOED, {"detail": [{**OF_THE_WHOLE, "msg": "Value error, top_p is unknown.", "input": ECHOED}]}),
    (ECHOED, vllm(str([{**OF_THE_WHOLE, "input": ECHOED, "ctx": {"error": "ValueError()"}}]))),
    (
        CHAT,
        openai("Value error, top_p is unknown [type=value_error, input_value={'seed': 7}, input_type=dict]"),
    ),
    (CHAT, relayed(fast_api("top_p", given={"temperature": 0.2}))),
    # A user's own schema may call its fields as it likes.
    (RESPONSES, openai("tools.0.parameters.properties.strict: unexpected value")),
    (GEMINI, google("User location is not supported for the API use.")),
    (GEMINI, google("The request must not include contents that are unsupported; thinking parts unknown.")),
]


def found(body: dict[str, Any], answer: Any) -> str | None:
    fault = RequestRejected("400")
    said = refused_field(fault, words_of(answer), body, None)
    assert isinstance(said, FieldRefused) or said is fault
    return said.field if isinstance(said, FieldRefused) else None


@pytest.mark.parametrize(("body", "answer", "field"), NAMED, ids=[str(one[1])[:90] for one in NAMED])
def test_the_field_that_a_refusal_names(body: dict[str, Any], answer: Any, field: str) -> None:
    assert found(body, answer) == field


@pytest.mark.parametrize(("body", "answer"), NOT_NAMED, ids=[str(one[1])[:90] for one in NOT_NAMED])
def test_an_ordinary_word_is_no_field(body: dict[str, Any], answer: Any) -> None:
    assert found(body, answer) is None


def test_a_field_that_the_request_does_not_hold_is_not_refused() -> None:
    bare = {"model": "m", "messages": []}
    assert [found(bare, answer) for _, answer, _ in NAMED] == [None] * len(NAMED)


def test_a_deep_error_is_only_one_that_names_nothing() -> None:
    deep: Any = "seed is not supported"
    for _ in range(900):
        deep = {"error": [deep]}
    assert found(CHAT, deep) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"detail": [{**OF_THE_WHOLE, "input": ECHOED}]},
        vllm(str([{**OF_THE_WHOLE, "input": ECHOED}])),
        relayed({"detail": [{**OF_THE_WHOLE, "input": ECHOED}]}),
    ],
)
def test_a_schema_that_an_error_only_repeats_is_not_refused(answer: Any) -> None:
    fault = RequestRejected("400")
    said = words_of(answer, orjson.dumps(answer))
    assert refused_field(fault, said, ECHOED, "json_schema") is fault


def test_a_nested_field_is_left_off_wherever_it_lies_and_schemas_stay_as_they_are() -> None:
    schema = {"type": "object", "properties": {"cache_control": {"type": "string"}, "strict": {}}}
    body = {
        **CLAUDE,
        "tools": [
            {"name": "t", "input_schema": schema, "cache_control": {"type": "ephemeral"}, "strict": True}
        ],
    }
    left = left_off(body, frozenset({"cache_control", "effort"}))
    assert left["tools"] == [{"name": "t", "input_schema": schema, "strict": True}]
    assert left["system"] == [{"type": "text", "text": "Help."}]
    assert left["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]
    assert "output_config" not in left and left["thinking"] == CLAUDE["thinking"]
    assert "cache_control" in body["tools"][0], "the request itself stays whole, for other servers"
    assert left_off(body, frozenset({"strict"}))["tools"][0].get("strict") is None

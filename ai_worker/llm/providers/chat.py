"""The chat completions form, as OpenAI documents it and many servers speak it: written and read here for
every provider that uses it.

Providers' caches take an equal beginning: the standing instructions and the schema come first, the row's text
last, and `prompt_cache_key` names what is equal.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.families import Family
from ai_worker.llm.model import Model, Structured
from ai_worker.llm.providers.tailoring import merged, put, structured_mode, tailored
from ai_worker.llm.providers.wire.exchange import Exchange
from ai_worker.llm.providers.wire.usage_fields import chat_usage
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.openai_schema import openai_schema
from ai_worker.llm.structured.schemas import in_dialect, schema_note
from ai_worker.outbound.errors import BadAnswer, CallError, Overloaded, ServerFault

GOOD_ENDS = frozenset(
    {
        "stop",
        "eos",
        "end_turn",
        "stop_sequence",
        "eos_token",
        "complete",
        "completed",
        "done",
        "finished",
        "success",
    }
)
"""`finish_reason` of an answer that is whole; every other is a fault."""
_CUT_OFF = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "max_completion_tokens"})
_BLOCKED = frozenset({"content_filter", "content_filtered", "safety", "refusal", "sensitive", "guardrail"})
_AWAY = frozenset({"insufficient_system_resource", "network_error", "overloaded"})

TOP_LOGPROBS = 20
"""The most that OpenAI gives."""


def chat_body(model: Model, request: Request, family: Family) -> tuple[dict[str, Any], Structured | None]:
    """The request's JSON, and how it is held to its schema."""
    mode = structured_mode(model, request, family.structured)
    note = schema_note(request) if mode in ("json_object", "prompt") else ""
    system = "\n\n".join(part for part in (request.system, note) if part)
    messages = [{"role": turn.role, "content": turn.content} for turn in request.turns]
    messages.append({"role": "user", "content": request.prompt})
    if system:
        messages.insert(0, {"role": "system", "content": system})
    body: dict[str, Any] = {"model": model.name, "messages": messages, "stream": model.dialect.stream}
    optional = {
        "temperature": request.temperature,
        family.seed_field: request.seed,
        model.dialect.token_field or family.bound_field: request.max_output_tokens or model.max_output_tokens,
        "stop": list(request.stop) or None,
        "logprobs": request.logprobs or None,
        "top_logprobs": TOP_LOGPROBS if request.logprobs else None,
    }
    body.update({name: value for name, value in optional.items() if name and value is not None})
    if model.dialect.stream:
        body["stream_options"] = {"include_usage": True}
    if family.cache_key and system:
        body["prompt_cache_key"] = cache_key(system)
    if mode == "json_schema" and (found := in_dialect(request, openai_schema)) is not None:
        fitted, strict = found
        held = {"name": "answer", "strict": strict, "schema": fitted}
        body["response_format"] = {"type": "json_schema", "json_schema": held}
    elif mode == "json_object":
        body["response_format"] = {"type": "json_object"}
    return as_its_server_takes_it(body, model, family), mode


def as_its_server_takes_it(body: dict[str, Any], model: Model, family: Family) -> dict[str, Any]:
    """The request's JSON with what the family wants, and over that what the operator set."""
    if model.dialect.reasoning_effort:
        put(body, family.effort_field, model.dialect.reasoning_effort)
    elif model.dialect.thinking_budget is not None:
        body = merged(body, family.thinking(model.dialect.thinking_budget))
    for name, value in family.body.items():
        body.setdefault(name, value)
    return tailored(body, model)


def cache_key(beginning: str) -> str:
    """The name of what questions have in common, for `prompt_cache_key`."""
    return hashlib.sha256(beginning.encode("utf-8", "replace")).hexdigest()[:32]


def chat_reply(exchanged: Exchange) -> Reply:
    """The reply in a response's JSON.

    Raises:
        Truncated, Refused, BadAnswer, Overloaded, ServerFault: `finish_reason`, `refusal`, an error of the
            choice or the lack of text say so; each carries the usage.
    """
    body = exchanged.body if isinstance(exchanged.body, Mapping) else {}
    usage = chat_usage(body.get("usage"), body.get("service_tier"))
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    if (fault := end_fault(choice.get("finish_reason"), choice.get("error"))) is not None:
        fault.usage = usage
        if isinstance(fault, Truncated):
            fault.text, fault.body = texts_of(message.get("content"))[0], exchanged.body
        raise fault
    if message.get("refusal") or _declines(message.get("content")):
        raise Refused("the model declined to answer", usage=usage)
    text, thoughts = texts_of(message.get("content"))
    if not text.strip():
        missing = "is empty" if choices else "holds no choices, as this form has them; check the base URL"
        raise EmptyAnswer(f"the answer {missing}", usage=usage)
    reasoning = message.get("reasoning_content") or message.get("reasoning") or thoughts
    return Reply(text, exchanged.body, usage, exchanged.hold, reasoning if isinstance(reasoning, str) else "")


def end_fault(reason: object, error: object = None) -> CallError | None:
    """The fault in which an answer ended; None where it is whole.

    A server that names no end is believed, since its answer is framed; any end that is not known to be good
    may be half an answer, and what was written of it may be billed.
    """
    fault = _end_fault("" if reason is None else str(reason).strip(), error)
    if fault is not None:
        fault.may_be_billed = True
    return fault


def _end_fault(reason: str, error: object) -> CallError | None:
    word = reason.lower()
    if error:
        return ServerFault("the provider's upstream failed in the middle of the answer")
    if not word or word in GOOD_ENDS:
        return None
    if word in _CUT_OFF:
        return Truncated("the answer was cut off by its length limit")
    if word in _BLOCKED:
        return Refused("the provider's safety filter blocked the question or the answer")
    if word in _AWAY:
        return Overloaded(f"the provider broke the answer off ({word})")
    if word in ("error", "abort", "aborted", "cancelled"):
        return ServerFault(f"the provider broke the answer off ({word})")
    return BadAnswer(f"the answer ended for the reason {reason[:60]!r}")


def _declines(content: object) -> bool:
    """Return whether a part of a message's content says that the model will not answer."""
    parts = content if isinstance(content, list) else []
    return any(isinstance(part, Mapping) and part.get("type") == "refusal" for part in parts)


def texts_of(content: object) -> tuple[str, str]:
    """The answer and the thoughts of a message's content."""
    if not isinstance(content, list):
        return (content if isinstance(content, str) else ""), ""
    parts = [part for part in content if isinstance(part, Mapping)]
    thinking = [part for part in parts if part.get("type") in ("thinking", "reasoning", "redacted_thinking")]
    text = "".join(str(part.get("text") or "") for part in parts if part not in thinking)
    return text, "".join(_thought(part) for part in thinking)


def _thought(part: Mapping[str, Any]) -> str:
    inner = part.get("thinking") or part.get("text") or part.get("reasoning")
    if isinstance(inner, list):
        return "".join(str(piece.get("text") or "") for piece in inner if isinstance(piece, Mapping))
    return inner if isinstance(inner, str) else ""

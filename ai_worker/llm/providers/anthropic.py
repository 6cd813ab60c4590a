"""Anthropic's Messages API, version 2023-06-01.

https://docs.anthropic.com/en/api/messages. The standing instructions carry the mark of the cache: they are
what the questions of a prompt have in common.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.model import Model, Structured
from ai_worker.llm.providers.tailoring import structured_mode, tailored
from ai_worker.llm.providers.wire.exchange import Exchange, exchange
from ai_worker.llm.providers.wire.usage_fields import anthropic_usage
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.anthropic_schema import anthropic_schema
from ai_worker.llm.structured.schemas import in_dialect, schema_note
from ai_worker.outbound.errors import BadAnswer, CallError
from ai_worker.outbound.http.client import joined

VERSION = "2023-06-01"
MAX_TOKENS = 8192
"""Of an answer where neither row nor model sets a bound: the API wants one."""
_GOOD = frozenset({"end_turn", "stop_sequence"})
_CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded"})


class Anthropic:
    """`POST /v1/messages`; the base URL is without the version."""

    title = "Anthropic"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        body, mode = _body(model, request)
        url, stream = messages_url(model), model.dialect.stream
        return _reply(exchange(url, key_headers(model), body, model, request, mode, stream=stream))


def key_headers(model: Model) -> dict[str, str]:
    """The key, and the version of the API that is spoken."""
    return {"x-api-key": model.api_key.get_secret_value(), "anthropic-version": VERSION}


def messages_url(model: Model) -> str:
    """The address of the model's messages."""
    base, question, query = model.base_url.partition("?")
    return joined(base.removesuffix("/").removesuffix("/v1") + question + query, "/v1/messages")


def _body(model: Model, request: Request) -> tuple[dict[str, Any], Structured | None]:
    mode = structured_mode(model, request, "json_schema")
    fitted = in_dialect(request, anthropic_schema) if mode == "json_schema" else None
    if mode == "json_schema" and fitted is None:
        mode = "prompt"
    note = schema_note(request) if mode in ("json_object", "prompt") else ""
    system = "\n\n".join(part for part in (request.system, note) if part)
    bound = request.max_output_tokens or model.max_output_tokens or MAX_TOKENS
    body: dict[str, Any] = {
        "model": model.name,
        "max_tokens": bound,
        "messages": [
            *({"role": turn.role, "content": turn.content} for turn in request.turns),
            {"role": "user", "content": request.prompt},
        ],
    }
    if request.stop:
        body["stop_sequences"] = list(request.stop)
    if system:
        body["system"] = cached_system(system)
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if thinking := thinking_fields(model, bound):
        # Temperature does not go with thoughts.
        body |= thinking
        body.pop("temperature", None)
    config: dict[str, Any] = {}
    if model.dialect.reasoning_effort:
        config["effort"] = model.dialect.reasoning_effort
    if fitted is not None:
        config["format"] = {"type": "json_schema", "schema": fitted}
    if config:
        body["output_config"] = config
    if model.dialect.stream:
        body["stream"] = True
    return tailored(body, model), mode


def cached_system(system: str) -> list[dict[str, Any]]:
    """The standing instructions, with the mark of the cache."""
    return [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]


def thinking_fields(model: Model, bound: int) -> dict[str, Any]:
    """The fields that let the model think, as the operator set; nothing where it shall not.

    Args:
        bound: of the answer, which keeps its own room: thoughts count within `max_tokens`.
    """
    if not (budget := model.dialect.thinking_budget):
        return {}
    return {"thinking": {"type": "enabled", "budget_tokens": budget}, "max_tokens": bound + budget}


def _reply(exchanged: Exchange) -> Reply:
    body = exchanged.body if isinstance(exchanged.body, Mapping) else {}
    usage = anthropic_usage(body.get("usage"))
    text, thoughts = texts_of(body.get("content"))
    if (fault := end_fault(body.get("stop_reason"))) is not None:
        fault.usage = usage
        if isinstance(fault, Truncated):
            fault.text, fault.body = text, body
        raise fault
    if not text.strip():
        raise EmptyAnswer("the answer is empty", usage=usage)
    return Reply(text, exchanged.body, usage, exchanged.hold, thoughts)


def end_fault(reason: object) -> CallError | None:
    """The fault in which an answer ended; None where it is whole."""
    word = "" if reason is None else str(reason)
    if not word or word in _GOOD:
        return None
    if word in _CUT_OFF:
        return Truncated("the answer was cut off by its length limit")
    if word == "refusal":
        return Refused("the model declined to answer")
    return BadAnswer(f"the answer ended for the reason {word[:60]!r}")


def texts_of(content: object) -> tuple[str, str]:
    """The answer and the thoughts of a message's blocks."""
    blocks = [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []
    text = "".join(str(block.get("text") or "") for block in blocks if block.get("type") == "text")
    return text, "".join(
        str(block.get("thinking") or "") for block in blocks if block.get("type") == "thinking"
    )

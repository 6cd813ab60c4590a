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
from ai_worker.outbound.errors import BadAnswer
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
        headers = {"x-api-key": model.api_key.get_secret_value(), "anthropic-version": VERSION}
        body, mode = _body(model, request)
        stream = model.dialect.stream
        return _reply(exchange(_url(model.base_url), headers, body, model, request, mode, stream=stream))


def _url(base_url: str) -> str:
    base, question, query = base_url.partition("?")
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
        body["system"] = [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if budget := model.dialect.thinking_budget:
        # Thoughts count within the bound; the answer keeps its own room. Temperature does not go with them.
        body |= {"thinking": {"type": "enabled", "budget_tokens": budget}, "max_tokens": bound + budget}
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


def _reply(exchanged: Exchange) -> Reply:
    body = exchanged.body if isinstance(exchanged.body, Mapping) else {}
    usage = anthropic_usage(body.get("usage"))
    reason = None if body.get("stop_reason") is None else str(body["stop_reason"])
    text, thoughts = _texts(body.get("content"))
    if reason in _CUT_OFF:
        raise Truncated("the answer was cut off by its length limit", usage=usage, text=text, body=body)
    if reason == "refusal":
        raise Refused("the model declined to answer", usage=usage)
    if reason is not None and reason not in _GOOD:
        raise BadAnswer(f"the answer ended for the reason {reason[:60]!r}", usage=usage)
    if not text.strip():
        raise EmptyAnswer("the answer is empty", usage=usage)
    return Reply(text, exchanged.body, usage, exchanged.hold, thoughts)


def _texts(content: object) -> tuple[str, str]:
    """The answer and the thoughts of a message's blocks."""
    blocks = [block for block in content if isinstance(block, Mapping)] if isinstance(content, list) else []
    text = "".join(str(block.get("text") or "") for block in blocks if block.get("type") == "text")
    return text, "".join(
        str(block.get("thinking") or "") for block in blocks if block.get("type") == "thinking"
    )

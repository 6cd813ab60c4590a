"""The chat completions form, as OpenAI documents it and many servers speak it: written and read here for
every provider that uses it.
"""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.model import Model
from ai_worker.llm.providers.exchange import Exchange
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.openai_schema import openai_schema
from ai_worker.llm.structured.schemas import in_dialect
from ai_worker.outbound.usage import Usage

TOP_LOGPROBS = 20
"""The most that OpenAI gives."""


def chat_body(model: Model, request: Request, *, limit_field: str) -> dict[str, Any]:
    """The request's JSON.

    Args:
        limit_field: OpenAI's own models want `max_completion_tokens`, most compatible servers know only
            `max_tokens`.
    """
    messages = [{"role": turn.role, "content": turn.content} for turn in request.turns]
    messages.append({"role": "user", "content": request.prompt})
    if request.system:
        messages.insert(0, {"role": "system", "content": request.system})
    body: dict[str, Any] = {"model": model.name, "messages": messages, "stream": False}
    optional = {
        "temperature": request.temperature,
        "seed": request.seed,
        limit_field: request.max_output_tokens or model.max_output_tokens,
        "stop": list(request.stop) or None,
        "logprobs": request.logprobs or None,
        "top_logprobs": TOP_LOGPROBS if request.logprobs else None,
    }
    body.update({name: value for name, value in optional.items() if value is not None})
    if (found := in_dialect(request, openai_schema)) is not None:
        fitted, strict = found
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": strict, "schema": fitted},
        }
    return body


def chat_reply(exchanged: Exchange) -> Reply:
    """The reply in a response's JSON.

    Raises:
        Truncated, Refused, BadAnswer: `finish_reason`, `refusal` or the lack of text say so; each carries the
            usage.
    """
    body = exchanged.body
    usage = _usage(body)
    choices = body.get("choices") if isinstance(body, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], Mapping) else {}
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    reason = choice.get("finish_reason")
    if reason == "length":
        text = _text(message.get("content"))
        raise Truncated("the answer was cut off by its length limit", usage=usage, text=text, body=body)
    if reason == "content_filter" or message.get("refusal"):
        raise Refused("the provider's safety filter blocked the question or the answer", usage=usage)
    text = _text(message.get("content"))
    if not text.strip():
        raise EmptyAnswer("the answer is empty", usage=usage)
    return Reply(text, body, usage, exchanged.hold)


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""


def _usage(body: Any) -> Usage:
    counted = body.get("usage") if isinstance(body, Mapping) else None
    if not isinstance(counted, Mapping):
        return Usage()
    details = counted.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else 0
    return Usage(count(counted.get("prompt_tokens")), count(counted.get("completion_tokens")), count(cached))


def count(value: object) -> int:
    """A provider's token count; 0 where it gives none."""
    return value if isinstance(value, int) and value > 0 else 0

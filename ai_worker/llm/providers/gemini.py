"""Google's Gemini API, `generateContent`: the key goes in a header, never in the URL, where logs and proxies
would keep it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import count
from ai_worker.llm.providers.exchange import Exchange, exchange
from ai_worker.llm.request import Reply, Request, Turn
from ai_worker.llm.structured.gemini_schema import gemini_schema
from ai_worker.llm.structured.schemas import in_dialect
from ai_worker.outbound.errors import BadAnswer
from ai_worker.outbound.usage import Usage

TOP_LOGPROBS = 20
"""The most that Gemini gives."""
_BLOCKED = frozenset({"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"})
_USABLE = frozenset({"STOP", "FINISH_REASON_UNSPECIFIED", None})


class Gemini:
    """https://ai.google.dev/api/generate-content."""

    title = "Gemini"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Asks once; see `Provider.call`."""
        name = quote(model.name.removeprefix("models/"), safe="")
        url = f"{model.base_url.rstrip('/')}/v1beta/models/{name}:generateContent"
        headers = {"x-goog-api-key": model.api_key.get_secret_value()}
        return _reply(exchange(url, headers, _body(model, request), model, request))


def _body(model: Model, request: Request) -> dict[str, Any]:
    said = [*request.turns, Turn("user", request.prompt)]
    body: dict[str, Any] = {"contents": [_content(turn) for turn in said]}
    if request.system:
        body["systemInstruction"] = {"parts": [{"text": request.system}]}
    optional = {
        "temperature": request.temperature,
        "seed": request.seed,
        "maxOutputTokens": request.max_output_tokens or model.max_output_tokens,
        "stopSequences": list(request.stop) or None,
        "responseLogprobs": request.logprobs or None,
        "logprobs": TOP_LOGPROBS if request.logprobs else None,
    }
    config: dict[str, Any] = {name: value for name, value in optional.items() if value is not None}
    if (found := in_dialect(request, gemini_schema)) is not None:
        field, fitted = found
        config["responseMimeType"] = "application/json"
        config[field] = fitted
    if config:
        body["generationConfig"] = config
    return body


def _content(turn: Turn) -> dict[str, Any]:
    return {"role": "model" if turn.role == "assistant" else "user", "parts": [{"text": turn.content}]}


def _reply(exchanged: Exchange) -> Reply:
    body = exchanged.body if isinstance(exchanged.body, Mapping) else {}
    usage = _usage(body.get("usageMetadata"))
    feedback = body.get("promptFeedback")
    if isinstance(feedback, Mapping) and feedback.get("blockReason"):
        raise Refused(
            f"the provider's safety filter blocked the question ({feedback['blockReason']})", usage=usage
        )
    candidates = body.get("candidates")
    candidate = (
        candidates[0]
        if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping)
        else {}
    )
    reason = candidate.get("finishReason")
    if reason == "MAX_TOKENS":
        text = _text(candidate.get("content"))
        raise Truncated("the answer was cut off by its length limit", usage=usage, text=text, body=body)
    if reason in _BLOCKED:
        raise Refused(f"the provider's safety filter blocked the answer ({reason})", usage=usage)
    text = _text(candidate.get("content"))
    if reason not in _USABLE:
        raise BadAnswer(f"the answer ended for the reason {reason}", usage=usage)
    if not text.strip():
        raise EmptyAnswer("the answer is empty", usage=usage)
    return Reply(text, exchanged.body, usage, exchanged.hold)


def _text(content: object) -> str:
    """All parts but the thoughts, which are the model's own notes."""
    parts = content.get("parts") if isinstance(content, Mapping) else None
    usable = (
        [part for part in parts if isinstance(part, Mapping) and not part.get("thought")]
        if isinstance(parts, list)
        else []
    )
    return "".join(str(part.get("text") or "") for part in usable)


def _usage(counted: object) -> Usage:
    """Thoughts are billed as output; the prompt's count includes what came from the cache."""
    if not isinstance(counted, Mapping):
        return Usage()
    prompt = count(counted.get("promptTokenCount")) + count(counted.get("toolUsePromptTokenCount"))
    output = count(counted.get("candidatesTokenCount")) + count(counted.get("thoughtsTokenCount"))
    return Usage(prompt, output, count(counted.get("cachedContentTokenCount")))

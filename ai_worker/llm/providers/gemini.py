"""Google's Gemini API, `generateContent`, and the same models at Vertex AI.

The key goes in a header, never in the URL, where logs and proxies would keep it. Vertex AI takes a token of
the process's own Google account in its place.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.model import Model, Structured
from ai_worker.llm.providers.google_account import access_token
from ai_worker.llm.providers.tailoring import structured_mode, tailored
from ai_worker.llm.providers.wire.exchange import Exchange, exchange
from ai_worker.llm.providers.wire.usage_fields import gemini_usage
from ai_worker.llm.request import Reply, Request, Turn
from ai_worker.llm.structured.gemini_schema import gemini_schema
from ai_worker.llm.structured.schemas import in_dialect, schema_note
from ai_worker.outbound.endpoint import place_of
from ai_worker.outbound.errors import BadAnswer, CallError
from ai_worker.outbound.http.client import joined

TOP_LOGPROBS = 20
"""The most that Gemini gives."""
_BLOCKED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "LANGUAGE",
        "MODEL_ARMOR",
    }
)
_GOOD = frozenset({"STOP", "FINISH_REASON_UNSPECIFIED"})


class Gemini:
    """https://ai.google.dev/api/generate-content."""

    title = "Gemini"
    sends_template = False

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `Provider.call`."""
        body, mode = _body(model, request)
        stream = model.dialect.stream
        url = content_url(model, stream=stream)
        return _reply(exchange(url, key_headers(model), body, model, request, mode, stream=stream))


def content_url(model: Model, *, stream: bool) -> str:
    """The address at which the model answers, as a stream or whole."""
    name = quote(model.name.removeprefix("models/"), safe="")
    method = "streamGenerateContent" if stream else "generateContent"
    version = "" if _is_vertex(model) else "/v1beta"
    url = joined(model.base_url, f"{version}/models/{name}:{method}")
    return url + ("&" if "?" in url else "?") + "alt=sse" if stream else url


def key_headers(model: Model) -> dict[str, str]:
    """The key, or at Vertex AI the token of this process's account."""
    if _is_vertex(model):
        return {"Authorization": f"Bearer {access_token(model)}"}
    return {"x-goog-api-key": model.api_key.get_secret_value()}


def _is_vertex(model: Model) -> bool:
    host = place_of(model.base_url).partition(":")[0].lower()
    return model.dialect.family == "vertex" or host.endswith("aiplatform.googleapis.com")


def _body(model: Model, request: Request) -> tuple[dict[str, Any], Structured | None]:
    mode = structured_mode(model, request, "json_schema")
    note = schema_note(request) if mode in ("json_object", "prompt") else ""
    said = [*request.turns, Turn("user", request.prompt)]
    body: dict[str, Any] = {"contents": [_content(turn) for turn in said]}
    if system := "\n\n".join(part for part in (request.system, note) if part):
        body["systemInstruction"] = {"parts": [{"text": system}]}
    optional = {
        "temperature": request.temperature,
        "seed": request.seed,
        "maxOutputTokens": request.max_output_tokens or model.max_output_tokens,
        "thinkingConfig": thinking(model),
        "stopSequences": list(request.stop) or None,
        "responseLogprobs": request.logprobs or None,
        "logprobs": TOP_LOGPROBS if request.logprobs else None,
    }
    config: dict[str, Any] = {name: value for name, value in optional.items() if value is not None}
    if mode == "json_schema" and (found := in_dialect(request, gemini_schema)) is not None:
        field, fitted = found
        config["responseMimeType"] = "application/json"
        config[field] = fitted
    elif mode == "json_object":
        config["responseMimeType"] = "application/json"
    if config:
        body["generationConfig"] = config
    body |= safety(model)
    return tailored(body, model), mode


def safety(model: Model) -> dict[str, Any]:
    """The thresholds that the operator set, as a part of a request."""
    found = [
        {"category": category, "threshold": threshold} for category, threshold in model.dialect.safety.items()
    ]
    return {"safetySettings": found} if found else {}


def thinking(model: Model) -> dict[str, Any] | None:
    """The `thinkingConfig` that the operator set."""
    if model.dialect.thinking_budget is not None:
        return {"thinkingBudget": model.dialect.thinking_budget}
    if model.dialect.reasoning_effort:
        return {"thinkingLevel": model.dialect.reasoning_effort}
    return None


def _content(turn: Turn) -> dict[str, Any]:
    return {"role": "model" if turn.role == "assistant" else "user", "parts": [{"text": turn.content}]}


def _reply(exchanged: Exchange) -> Reply:
    body = exchanged.body if isinstance(exchanged.body, Mapping) else {}
    usage = gemini_usage(body.get("usageMetadata"))
    feedback = body.get("promptFeedback")
    if isinstance(feedback, Mapping) and feedback.get("blockReason"):
        raise Refused(
            f"the provider's safety filter blocked the question ({str(feedback['blockReason'])[:60]})",
            usage=usage,
        )
    candidates = body.get("candidates")
    candidate = (
        candidates[0]
        if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping)
        else {}
    )
    text, thoughts = _texts(candidate.get("content"))
    if (fault := end_fault(candidate.get("finishReason"))) is not None:
        fault.usage = usage
        if isinstance(fault, Truncated):
            fault.text, fault.body = text, exchanged.body
        raise fault
    if not text.strip():
        raise EmptyAnswer("the answer is empty", usage=usage)
    return Reply(text, exchanged.body, usage, exchanged.hold, thoughts)


def end_fault(reason: object) -> CallError | None:
    """The fault in which an answer ended; None where it is whole."""
    if reason is None or (isinstance(reason, str) and reason in _GOOD):
        return None
    if reason == "MAX_TOKENS":
        return Truncated("the answer was cut off by its length limit")
    if isinstance(reason, str) and reason in _BLOCKED:
        return Refused(f"the provider's safety filter blocked the answer ({reason})")
    return BadAnswer(f"the answer ended for the reason {str(reason)[:60]}")


def _texts(content: object) -> tuple[str, str]:
    """The answer, and the thoughts, which are the model's own notes."""
    parts = content.get("parts") if isinstance(content, Mapping) else None
    known = [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    return tuple(  # type: ignore[return-value]
        "".join(str(part.get("text") or "") for part in known if bool(part.get("thought")) is thought)
        for thought in (False, True)
    )

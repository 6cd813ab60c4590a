"""Gemini's generateContent with tools: results in one content, thought signatures byte for byte.

https://ai.google.dev/gemini-api/docs/thought-signatures
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused
from ai_worker.llm.model import Model
from ai_worker.llm.providers.gemini import content_url, end_fault, key_headers, safety, thinking
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.usage_fields import gemini_usage
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.wire.form import made_by
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Declared,
    ModelSays,
    ToolCall,
    ToolResult,
    ToolsSay,
    UserSays,
)
from ai_worker.pipelines.assistants.wire.reading import arguments_in, listed, mapping, spoken, text_of
from ai_worker.pipelines.assistants.wire.schema_edges import for_gemini

NO_SIGNATURE = "skip_thought_signature_validator"
"""Google's documented placeholder for calls that another model made."""


class Gemini:
    """https://ai.google.dev/api/generate-content."""

    name = "gemini"

    def url(self, model: Model) -> str:
        """See `Form`."""
        return content_url(model, stream=model.dialect.stream)

    def headers(self, model: Model) -> Mapping[str, str]:
        """See `Form`."""
        return key_headers(model)

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """See `Form`."""
        body: dict[str, Any] = {"contents": _contents(conversation, made_by(self, model))}
        if conversation.system:
            body["systemInstruction"] = {"parts": [{"text": conversation.system}]}
        if conversation.functions:
            body["tools"] = [{"functionDeclarations": [_declaration(one) for one in conversation.functions]}]
            mode = "AUTO" if conversation.may_call else "NONE"
            body["toolConfig"] = {"functionCallingConfig": {"mode": mode}}
        config = {"maxOutputTokens": model.max_output_tokens, "thinkingConfig": thinking(model)}
        if config := {name: value for name, value in config.items() if value is not None}:
            body["generationConfig"] = config
        return tailored(body | safety(model), model)

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage | None]:
        """See `Form`."""
        usage = gemini_usage(mapping(body).get("usageMetadata"))
        if blocked := mapping(mapping(body).get("promptFeedback")).get("blockReason"):
            raise Refused(f"the provider's safety filter blocked the question ({blocked})", usage=usage)
        candidates = listed(mapping(body).get("candidates"))
        candidate = candidates[0] if candidates else {}
        if (fault := end_fault(candidate.get("finishReason"))) is not None:
            fault.usage = usage
            raise fault
        content = mapping(candidate.get("content"))
        parts = [part for part in listed(content.get("parts")) if not part.get("thought")]
        text = spoken("".join(text_of(part.get("text")) for part in parts))
        calls = self.calls_in(content)
        if not calls and not text.strip():
            raise EmptyAnswer("the answer is empty", usage=usage)
        return ModelSays(text, calls, dict(content), made_by(self, model)), usage

    def calls_in(self, raw: Any) -> tuple[ToolCall, ...]:
        """See `Form`."""
        asked = [
            mapping(part["functionCall"])
            for part in listed(mapping(raw).get("parts"))
            if "functionCall" in part
        ]
        found = []
        for place, call in enumerate(asked):
            id_ = text_of(call.get("id"))
            arguments = arguments_in(call.get("args"))
            found.append(
                ToolCall(id_ or f"call_{place}", text_of(call.get("name")), arguments, "", bool(id_))
            )
        return tuple(found)


def _contents(conversation: Conversation, maker: str) -> list[dict[str, Any]]:
    contents: list[dict[str, Any]] = []
    calls: Sequence[ToolCall] = ()
    unchanged = False
    for place, item in enumerate(conversation.items):
        match item:
            case UserSays(text):
                contents.append({"role": "user", "parts": [{"text": text}]})
            case ToolsSay(results):
                contents.append(
                    {"role": "user", "parts": [_response(one, calls, unchanged) for one in results]}
                )
            case ModelSays():
                calls = item.calls
                current = place >= conversation.turn_start
                # Each call of the turn must come back with its signature.
                unchanged = current and item.raw is not None and item.made_by == maker
                contents.append(dict(item.raw) if unchanged else _model(item, is_current=current))
    return contents


def _model(says: ModelSays, *, is_current: bool) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": says.text}] if says.text else []
    for place, call in enumerate(says.calls):
        part: dict[str, Any] = {"functionCall": {"name": call.wire_name, "args": dict(call.arguments or {})}}
        if is_current and place == 0:
            part["thoughtSignature"] = NO_SIGNATURE
        parts.append(part)
    return {"role": "model", "parts": parts}


def _response(result: ToolResult, calls: Sequence[ToolCall], unchanged: bool) -> dict[str, Any]:
    call = next(one for one in calls if one.call_id == result.call_id)
    found: dict[str, Any] = {
        "name": call.wire_name,
        "response": {"output" if result.ok else "error": result.text},
    }
    if unchanged and call.has_provider_id:
        found["id"] = call.call_id
    return {"functionResponse": found}


def _declaration(declared: Declared) -> dict[str, Any]:
    schema, remark = for_gemini(declared.schema)
    found: dict[str, Any] = {
        "name": declared.wire_name,
        "description": f"{declared.description} {remark}".strip(),
    }
    if schema.get("properties"):
        found["parametersJsonSchema"] = schema
    return found

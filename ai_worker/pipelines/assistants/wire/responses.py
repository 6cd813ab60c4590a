"""OpenAI's Responses API with tools: instructions and history from here, nothing stored there."""

import re
from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused, Truncated
from ai_worker.llm.families import family_of
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import cache_key, end_fault
from ai_worker.llm.providers.openai import is_bare_azure, key_headers
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.usage_fields import chat_usage
from ai_worker.outbound.http.client import joined
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.wire.chat import function
from ai_worker.pipelines.assistants.wire.form import made_by
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Item,
    ModelSays,
    ToolCall,
    ToolsSay,
    UserSays,
)
from ai_worker.pipelines.assistants.wire.reading import arguments_in, dumped, listed, mapping, spoken, text_of

_REASONS = re.compile(r"o\d|gpt-(?:[5-9]|\d{2})")
"""Models that reason; only they may be asked to include their encrypted reasoning."""


class Responses:
    """https://platform.openai.com/docs/api-reference/responses."""

    name = "responses"

    def url(self, model: Model) -> str:
        """See `Form`."""
        if is_bare_azure(model):
            # Azure has it once for all deployments, under OpenAI's own path and without a version.
            return joined(model.base_url, "/openai/v1/responses")
        return joined(model.base_url, "/v1/responses" if model.provider == "offline" else "/responses")

    def headers(self, model: Model) -> Mapping[str, str]:
        """See `Form`."""
        return key_headers(model)

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """See `Form`."""
        maker = made_by(self, model)
        items: list[dict[str, Any]] = []
        for place, item in enumerate(conversation.items):
            items += _items(item, maker if place >= conversation.turn_start else None)
        body: dict[str, Any] = {"model": model.name, "input": items, "store": False}
        if model.dialect.stream:
            body["stream"] = True
        if conversation.system:
            body["instructions"] = conversation.system
            if family_of(model).cache_key:
                body["prompt_cache_key"] = cache_key(conversation.system)
        if conversation.functions:
            body["tools"] = [{"type": "function", **function(one)} for one in conversation.functions]
            body["tool_choice"] = "auto" if conversation.may_call else "none"
        if _REASONS.match(model.name):
            body["include"] = ["reasoning.encrypted_content"]
        if model.max_output_tokens is not None:
            body["max_output_tokens"] = model.max_output_tokens
        if model.dialect.reasoning_effort:
            body["reasoning"] = {"effort": model.dialect.reasoning_effort}
        return tailored(body, model)

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage | None]:
        """See `Form`."""
        found = mapping(body)
        usage = chat_usage(found.get("usage"), found.get("service_tier"))
        reason = mapping(found.get("incomplete_details")).get("reason")
        if reason == "content_filter":
            raise Refused("the provider's safety filter blocked the answer", usage=usage)
        if found.get("status") == "incomplete":
            raise Truncated(f"the answer was cut off ({reason or 'without a reason'})", usage=usage)
        if (fault := end_fault(found.get("status"))) is not None:
            fault.usage = usage
            raise fault
        output = listed(found.get("output"))
        parts = [
            part for item in output if item.get("type") == "message" for part in listed(item.get("content"))
        ]
        if any(part.get("type") == "refusal" for part in parts):
            raise Refused("the model refused to answer", usage=usage)
        said = "".join(text_of(part.get("text")) for part in parts if part.get("type") == "output_text")
        text, calls = spoken(said), self.calls_in(output)
        if not calls and not text.strip():
            raise EmptyAnswer("the answer is empty", usage=usage)
        return ModelSays(text, calls, list(output), made_by(self, model)), usage

    def calls_in(self, raw: Any) -> tuple[ToolCall, ...]:
        """See `Form`."""
        found = []
        for place, item in enumerate(listed(raw)):
            if item.get("type") != "function_call":
                continue
            # Correlated by call_id; `id` is the item's own.
            id_ = text_of(item.get("call_id"))
            written = text_of(item.get("arguments"))
            arguments = arguments_in(item.get("arguments"))
            found.append(
                ToolCall(id_ or f"call_{place}", text_of(item.get("name")), arguments, written, bool(id_))
            )
        return tuple(found)


def _items(item: Item, maker: str | None) -> list[dict[str, Any]]:
    match item:
        case UserSays(text):
            return [{"role": "user", "content": text}]
        case ToolsSay(results):
            return [
                {"type": "function_call_output", "call_id": one.call_id, "output": one.text}
                for one in results
            ]
        case ModelSays(text, calls, raw, made):
            own = raw is not None and made == maker and all(call.has_provider_id for call in calls)
            if own and not any(map(_is_reference, raw)):
                return [dict(one) for one in raw]
            spoken: list[dict[str, Any]] = [{"role": "assistant", "content": text}] if text else []
            return spoken + [_call(call) for call in calls]


def _is_reference(item: Mapping[str, Any]) -> bool:
    """Return whether it is reasoning without any content: a name of what was not stored, which is refused."""
    return item.get("type") == "reasoning" and not (item.get("encrypted_content") or item.get("content"))


def _call(call: ToolCall) -> dict[str, Any]:
    # Without `id`: of items that were not stored, an id is refused.
    arguments = call.written if call.arguments is None else dumped(call.arguments)
    return {"type": "function_call", "call_id": call.call_id, "name": call.wire_name, "arguments": arguments}

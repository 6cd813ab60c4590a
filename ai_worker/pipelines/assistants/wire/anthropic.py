"""Anthropic's Messages API with tools: results in the next message of the user, thoughts byte for byte.

https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/implement-tool-use
"""

import re
from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer
from ai_worker.llm.model import Model
from ai_worker.llm.providers.anthropic import (
    MAX_TOKENS,
    cached_system,
    end_fault,
    key_headers,
    messages_url,
    texts_of,
    thinking_fields,
)
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.usage_fields import anthropic_usage
from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.wire.form import made_by
from ai_worker.pipelines.assistants.wire.neutral import (
    Conversation,
    Declared,
    Item,
    ModelSays,
    ToolCall,
    ToolsSay,
    UserSays,
)
from ai_worker.pipelines.assistants.wire.reading import arguments_in, listed, mapping, spoken, text_of
from ai_worker.pipelines.assistants.wire.schema_edges import for_openai

_ENDS_WITH_CALLS = "tool_use"
_ID = re.compile(r"[^a-zA-Z0-9_-]")
"""Characters that an id of another provider may hold, and that are refused here."""
_NOTHING = "(no text)"
"""In place of an empty text, which is refused."""


class Anthropic:
    """https://docs.anthropic.com/en/api/messages."""

    name = "anthropic"

    def url(self, model: Model) -> str:
        """See `Form`."""
        return messages_url(model)

    def headers(self, model: Model) -> Mapping[str, str]:
        """See `Form`."""
        return key_headers(model)

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """See `Form`."""
        maker = made_by(self, model)
        turn = conversation.items[conversation.turn_start :]
        kept = all(item.made_by == maker for item in turn if isinstance(item, ModelSays) and item.raw)
        kept = kept and all(item.raw for item in turn if isinstance(item, ModelSays))
        body: dict[str, Any] = {
            "model": model.name,
            "max_tokens": model.max_output_tokens or MAX_TOKENS,
            "messages": [
                _message(item, maker if kept and place >= conversation.turn_start else None)
                for place, item in enumerate(conversation.items)
            ],
        }
        if conversation.system:
            body["system"] = cached_system(conversation.system)
        if conversation.functions:
            body["tools"] = [_declaration(one) for one in conversation.functions]
            body["tool_choice"] = {"type": "auto" if conversation.may_call else "none"}
        if kept:
            # Within a turn the thoughts of its answers must stand before their calls; without them it must
            # not think on.
            body |= thinking_fields(model, body["max_tokens"])
        if model.dialect.reasoning_effort:
            body["output_config"] = {"effort": model.dialect.reasoning_effort}
        if model.dialect.stream:
            body["stream"] = True
        return tailored(body, model)

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage | None]:
        """See `Form`."""
        found = mapping(body)
        usage = anthropic_usage(found.get("usage"))
        blocks = listed(found.get("content"))
        calls = self.calls_in(blocks)
        reason = found.get("stop_reason")
        reason = None if calls and reason == _ENDS_WITH_CALLS else reason
        if (fault := end_fault(reason)) is not None:
            fault.usage = usage
            raise fault
        text = spoken(texts_of(blocks)[0])
        if not calls and not text.strip():
            raise EmptyAnswer("the answer is empty", usage=usage)
        # Arguments that are no object are refused when they come back.
        raw = None if any(call.arguments is None for call in calls) else list(blocks)
        return ModelSays(text, calls, raw, made_by(self, model)), usage

    def calls_in(self, raw: Any) -> tuple[ToolCall, ...]:
        """See `Form`."""
        found = []
        for place, block in enumerate(one for one in listed(raw) if one.get("type") == "tool_use"):
            id_ = text_of(block.get("id"))
            arguments = arguments_in(block.get("input"))
            found.append(
                ToolCall(id_ or f"call_{place}", text_of(block.get("name")), arguments, "", bool(id_))
            )
        return tuple(found)


def _declaration(declared: Declared) -> dict[str, Any]:
    # Its rules for the top of a schema are OpenAI's.
    schema, remark = for_openai(declared.schema)
    description = f"{declared.description} {remark}".strip()
    return {"name": declared.wire_name, "description": description, "input_schema": schema}


def _message(item: Item, maker: str | None) -> dict[str, Any]:
    match item:
        case UserSays(text):
            return {"role": "user", "content": text if text.strip() else _NOTHING}
        case ToolsSay(results):
            return {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": _id(one.call_id),
                        "content": one.text,
                        "is_error": not one.ok,
                    }
                    for one in results
                ],
            }
        case ModelSays(text, calls, raw, made):
            if raw and made == maker and all(call.has_provider_id for call in calls):
                own = [dict(block) for block in raw if not _is_empty(block)]
                return {"role": "assistant", "content": own}
            blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text.strip() else []
            blocks += [_call(call) for call in calls]
            return {"role": "assistant", "content": blocks or _NOTHING}


def _is_empty(block: Mapping[str, Any]) -> bool:
    """Return whether it is a text without any: written before calls, and refused when it comes back."""
    return block.get("type") == "text" and not text_of(block.get("text")).strip()


def _call(call: ToolCall) -> dict[str, Any]:
    return {
        "type": "tool_use",
        "id": _id(call.call_id),
        "name": call.wire_name,
        "input": dict(call.arguments or {}),
    }


def _id(call_id: str) -> str:
    return _ID.sub("_", call_id)

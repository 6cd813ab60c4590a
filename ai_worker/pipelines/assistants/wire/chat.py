"""OpenAI's chat completions with tools, and every server that is compatible with them."""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import EmptyAnswer, Refused
from ai_worker.llm.families import family_of
from ai_worker.llm.model import Model
from ai_worker.llm.providers.chat import as_its_server_takes_it, cache_key, end_fault, texts_of
from ai_worker.llm.providers.openai import COMPLETIONS, key_headers, service_url
from ai_worker.llm.providers.wire.usage_fields import chat_usage
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
from ai_worker.pipelines.assistants.wire.reading import arguments_in, dumped, listed, mapping, spoken, text_of
from ai_worker.pipelines.assistants.wire.schema_edges import for_openai

_SENT_BACK = ("role", "content", "tool_calls", "refusal", "reasoning_content", "reasoning_details")
"""Of the assistant's message: some servers want the model's own notes back."""

_ENDS_WITH_CALLS = ("tool_calls", "function_call")


class Chat:
    """https://platform.openai.com/docs/api-reference/chat."""

    name = "chat"

    def url(self, model: Model) -> str:
        """See `Form`; the offline model's base URL has no version."""
        return service_url(model, "/v1/chat/completions" if model.provider == "offline" else COMPLETIONS)

    def headers(self, model: Model) -> Mapping[str, str]:
        """See `Form`."""
        return key_headers(model)

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """See `Form`."""
        messages = [{"role": "system", "content": conversation.system}] if conversation.system else []
        maker = made_by(self, model)
        for place, item in enumerate(conversation.items):
            messages += _messages(item, maker if place >= conversation.turn_start else None)
        family, dialect = family_of(model), model.dialect
        body: dict[str, Any] = {"model": model.name, "messages": messages, "stream": dialect.stream}
        if dialect.stream:
            body["stream_options"] = {"include_usage": True}
        if conversation.functions:
            body["tools"] = [
                {"type": "function", "function": function(one)} for one in conversation.functions
            ]
            body["tool_choice"] = "auto" if conversation.may_call else "none"
        if model.max_output_tokens is not None:
            body[dialect.token_field or family.bound_field] = model.max_output_tokens
        if family.cache_key and conversation.system:
            body["prompt_cache_key"] = cache_key(conversation.system)
        return as_its_server_takes_it(body, model, family)

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage | None]:
        """See `Form`."""
        usage = chat_usage(mapping(body).get("usage"), mapping(body).get("service_tier"))
        choices = listed(mapping(body).get("choices"))
        choice = choices[0] if choices else {}
        message = mapping(choice.get("message"))
        raw = {name: message[name] for name in _SENT_BACK if name in message}
        calls = self.calls_in(raw)
        reason = choice.get("finish_reason")
        # An answer that ends with calls is whole where it holds any.
        reason = None if calls and reason in _ENDS_WITH_CALLS else reason
        if (fault := end_fault(reason, choice.get("error"))) is not None:
            fault.usage = usage
            raise fault
        if message.get("refusal"):
            raise Refused("the model declined to answer", usage=usage)
        text = spoken(texts_of(message.get("content"))[0])
        if not calls and not text.strip():
            raise EmptyAnswer("the answer is empty", usage=usage)
        return ModelSays(text, calls, {"role": "assistant", **raw}, made_by(self, model)), usage

    def calls_in(self, raw: Any) -> tuple[ToolCall, ...]:
        """See `Form`."""
        found = []
        for place, call in enumerate(listed(mapping(raw).get("tool_calls"))):
            asked = mapping(call.get("function"))
            written = text_of(asked.get("arguments"))
            id_ = text_of(call.get("id"))
            arguments = arguments_in(asked.get("arguments"))
            found.append(
                ToolCall(id_ or f"call_{place}", text_of(asked.get("name")), arguments, written, bool(id_))
            )
        return tuple(found)


def function(declared: Declared) -> dict[str, Any]:
    """The declaration of a function, as both of OpenAI's forms have it."""
    parameters, remark = for_openai(declared.schema)
    description = f"{declared.description} {remark}".strip()
    # Left out, `strict` means another thing in each of the two forms.
    return {"name": declared.wire_name, "description": description, "parameters": parameters, "strict": False}


def _messages(item: Item, maker: str | None) -> list[dict[str, Any]]:
    match item:
        case UserSays(text):
            return [{"role": "user", "content": text}]
        case ToolsSay(results):
            return [{"role": "tool", "tool_call_id": one.call_id, "content": one.text} for one in results]
        case ModelSays(text, calls, raw, made):
            if raw is not None and made == maker and all(call.has_provider_id for call in calls):
                return [dict(raw)]
            message: dict[str, Any] = {"role": "assistant", "content": text or None}
            if calls:
                message["tool_calls"] = [_call(call) for call in calls]
            return [message]


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = call.written if call.arguments is None else dumped(call.arguments)
    return {
        "id": call.call_id,
        "type": "function",
        "function": {"name": call.wire_name, "arguments": arguments},
    }

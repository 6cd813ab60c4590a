"""OpenAI's chat completions with tools, and every server that is compatible with them."""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.model import Model
from ai_worker.outbound.errors import BadAnswer
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
from ai_worker.pipelines.assistants.wire.reading import arguments_in, dumped, listed, mapping, text_of
from ai_worker.pipelines.assistants.wire.schema_edges import for_openai

_SENT_BACK = ("role", "content", "tool_calls", "refusal", "reasoning_content", "reasoning_details")
"""Of the assistant's message: some servers want the model's own notes back."""


class Chat:
    """https://platform.openai.com/docs/api-reference/chat."""

    name = "chat"

    def url(self, model: Model) -> str:
        """See `Form`; the offline model's base URL has no version."""
        version = "/v1" if model.provider == "offline" else ""
        return f"{model.base_url.rstrip('/')}{version}/chat/completions"

    def headers(self, model: Model) -> Mapping[str, str]:
        """See `Form`."""
        key = model.api_key.get_secret_value()
        return {"Authorization": f"Bearer {key}"} if key else {}

    def body(self, model: Model, conversation: Conversation) -> dict[str, Any]:
        """See `Form`."""
        messages = [{"role": "system", "content": conversation.system}] if conversation.system else []
        maker = made_by(self, model)
        for place, item in enumerate(conversation.items):
            messages += _messages(item, maker if place >= conversation.turn_start else None)
        body: dict[str, Any] = {"model": model.name, "messages": messages, "stream": False}
        if conversation.functions:
            body["tools"] = [
                {"type": "function", "function": function(one)} for one in conversation.functions
            ]
            body["tool_choice"] = "auto" if conversation.may_call else "none"
        if model.max_output_tokens is not None:
            own = model.base_url.startswith("https://api.openai.com")
            body["max_completion_tokens" if own else "max_tokens"] = model.max_output_tokens
        return body

    def read(self, model: Model, body: Any) -> tuple[ModelSays, Usage]:
        """See `Form`."""
        usage = _usage(mapping(body).get("usage"))
        choices = listed(mapping(body).get("choices"))
        choice = choices[0] if choices else {}
        message = mapping(choice.get("message"))
        if choice.get("finish_reason") == "length":
            raise Truncated("the answer was cut off by its length limit", usage=usage)
        if choice.get("finish_reason") == "content_filter" or message.get("refusal"):
            raise Refused("the provider's safety filter blocked the question or the answer", usage=usage)
        raw = {name: message[name] for name in _SENT_BACK if name in message}
        calls = self.calls_in(raw)
        text = _text(message.get("content"))
        if not calls and not text.strip():
            raise BadAnswer("the answer is empty", usage=usage)
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


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(text_of(part.get("text")) for part in listed(content))
    return text_of(content)


def _usage(counted: object) -> Usage:
    found = mapping(counted)
    cached = mapping(found.get("prompt_tokens_details")).get("cached_tokens")
    return Usage(count(found.get("prompt_tokens")), count(found.get("completion_tokens")), count(cached))


def count(value: object) -> int:
    """A count of tokens; 0 where the provider gives none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

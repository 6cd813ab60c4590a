"""Anthropic's Messages API, with its 400s."""

import hashlib
import json
import re
from typing import Any

from devtools.assistants.refusal import Refused
from devtools.assistants.script import Says, Seen, arguments_object

UNANSWERED = (
    "messages.{}: `tool_use` ids were found without `tool_result` blocks immediately after: {}."
    " Each `tool_use` block must have a corresponding `tool_result` block in the next message."
)
NO_CALL = (
    "messages.{}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {}. Each `tool_result`"
    " block must have a corresponding `tool_use` block in the previous message."
)
NO_THINKING = (
    "messages.{}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When"
    " `thinking` is enabled, a final `assistant` message must start with a thinking block."
)
CORRUPT = "messages.{}.content.0: Invalid `signature` in `thinking` block"
EMPTY = "messages: text content blocks must be non-empty"
_COMBINATORS = ("oneOf", "anyOf", "allOf")
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_ID = re.compile(r"[a-zA-Z0-9_-]+")


def seen(body: dict[str, Any]) -> Seen:
    """The conversation in a request.

    Raises:
        Refused: Anthropic would refuse it.
    """
    if not isinstance(body.get("max_tokens"), int):
        raise Refused("max_tokens: Field required")
    tools = body.get("tools") or []
    if "tool_choice" in body and not tools:
        raise Refused("tool_choice may only be specified while providing tools")
    for place, tool in enumerate(tools):
        _check_tool(tool, place)
    messages = [{"role": one["role"], "content": _blocks(one["content"])} for one in body["messages"]]
    if messages[0]["role"] != "user":
        raise Refused('messages: first message must use the "user" role')
    last = max(place for place, message in enumerate(messages) if _said(message))
    _check_pairs(messages)
    if "thinking" in body:
        _check_thoughts(messages, last)
    after = messages[last + 1 :]
    results = [block for message in after for block in message["content"] if block["type"] == "tool_result"]
    return Seen(
        system="".join(block["text"] for block in body.get("system", [])),
        user=[_said(message) for message in messages if _said(message)],
        rounds=sum(1 for message in after if message["role"] == "assistant"),
        results=[block["content"] for block in results],
        may_call=bool(tools) and body.get("tool_choice", {}).get("type", "auto") != "none",
    )


def _blocks(content: Any) -> list[dict[str, Any]]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if any(block["type"] == "text" and not block["text"] for block in blocks):
        raise Refused(EMPTY)
    return list(blocks)


def _said(message: dict[str, Any]) -> str:
    if message["role"] != "user":
        return ""
    return "".join(block["text"] for block in message["content"] if block["type"] == "text")


def _check_tool(tool: dict[str, Any], place: int) -> None:
    if not _NAME.fullmatch(tool["name"]):
        raise Refused(f"tools.{place}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    schema = tool["input_schema"]
    if schema.get("type") != "object":
        raise Refused(f"tools.{place}.custom.input_schema.type: Input should be 'object'")
    if any(word in schema for word in _COMBINATORS):
        raise Refused(
            f"tools.{place}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the"
            " top level"
        )


def _check_pairs(messages: list[dict[str, Any]]) -> None:
    waiting: list[str] = []
    for place, message in enumerate(messages):
        results = [block["tool_use_id"] for block in message["content"] if block["type"] == "tool_result"]
        for result in results:
            if result not in waiting:
                raise Refused(NO_CALL.format(place, result))
        if missing := [call for call in waiting if call not in results]:
            raise Refused(UNANSWERED.format(place - 1, ", ".join(missing)))
        waiting = [block["id"] for block in message["content"] if block["type"] == "tool_use"]
        for call in waiting:
            if not _ID.fullmatch(call):
                raise Refused(
                    f"messages.{place}: tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
                )
    if waiting:
        raise Refused(UNANSWERED.format(len(messages) - 1, ", ".join(waiting)))


def _check_thoughts(messages: list[dict[str, Any]], last: int) -> None:
    for place, message in enumerate(messages):
        if place <= last or message["role"] != "assistant":
            continue
        first, *others = message["content"]
        if first["type"] != "thinking":
            raise Refused(NO_THINKING.format(place))
        if first["signature"] != _signature(others):
            raise Refused(CORRUPT.format(place))


def _signature(blocks: list[dict[str, Any]]) -> str:
    """Bound to what was called: a changed call no longer fits."""
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()


def answer(body: dict[str, Any], says: Says, number: int) -> dict[str, Any]:
    """The response's JSON."""
    blocks: list[dict[str, Any]] = [
        {
            "type": "tool_use",
            "id": f"toolu_{number}_{place}",
            "name": name,
            "input": arguments_object(arguments),
        }
        for place, (name, arguments) in enumerate(says.calls)
    ] or [{"type": "text", "text": says.text}]
    if "thinking" in body:
        blocks.insert(0, {"type": "thinking", "thinking": "hm", "signature": _signature(blocks)})
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": "tool_use" if says.calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 0},
    }


def refused(message: str) -> dict[str, Any]:
    """The body of a 400."""
    return {"type": "error", "error": {"type": "invalid_request_error", "message": message}}

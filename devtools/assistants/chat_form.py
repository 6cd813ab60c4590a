"""OpenAI's chat completions, with its 400s."""

from typing import Any

from devtools.assistants.refusal import Refused, check_openai_function
from devtools.assistants.script import Says, Seen

UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each"
    " 'tool_call_id'. The following tool_call_ids did not have response messages: {}"
)
NO_CALL = (
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with"
    " 'tool_calls'."
)


def seen(body: dict[str, Any]) -> Seen:
    """The conversation in a request.

    Raises:
        Refused: OpenAI would refuse it.
    """
    tools = body.get("tools") or []
    if "tool_choice" in body and not tools:
        raise Refused("'tool_choice' is only allowed when 'tools' are specified.")
    for place, tool in enumerate(tools):
        function = tool["function"]
        check_openai_function(function, f"tools[{place}].function", strict=bool(function.get("strict")))
    messages = body["messages"]
    _check_pairs(messages)
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    after = messages[last + 1 :]
    return Seen(
        system="".join(message["content"] for message in messages if message["role"] == "system"),
        user=[message["content"] for message in messages if message["role"] == "user"],
        rounds=sum(1 for message in after if message.get("tool_calls")),
        results=[message["content"] for message in after if message["role"] == "tool"],
        may_call=bool(tools) and body.get("tool_choice", "auto") != "none",
    )


def _check_pairs(messages: list[dict[str, Any]]) -> None:
    waiting: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                raise Refused(NO_CALL)
            waiting.remove(message["tool_call_id"])
            continue
        if waiting:
            raise Refused(UNANSWERED.format(", ".join(waiting)))
        waiting = [call["id"] for call in message.get("tool_calls") or []]
    if waiting:
        raise Refused(UNANSWERED.format(", ".join(waiting)))


def answer(body: dict[str, Any], says: Says, number: int) -> dict[str, Any]:
    """The response's JSON."""
    message: dict[str, Any] = {"role": "assistant", "content": says.text or None, "refusal": None}
    if says.calls:
        message["tool_calls"] = [
            {
                "id": f"call_{number}_{place}",
                "type": "function",
                "function": {"name": name, "arguments": arguments},
            }
            for place, (name, arguments) in enumerate(says.calls)
        ]
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [
            {"index": 0, "finish_reason": "tool_calls" if says.calls else "stop", "message": message}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }


def refused(message: str) -> dict[str, Any]:
    """The body of a 400."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}

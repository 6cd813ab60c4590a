"""OpenAI's Responses API, with its 400s."""

from typing import Any

from devtools.assistants.refusal import Refused, check_openai_function
from devtools.assistants.script import Says, Seen

NO_OUTPUT = "No tool output found for function call {}."
NO_CALL = "No tool call found for function call output with call_id {}."
ROLE = "Invalid value: '{}'. Supported values are: 'assistant', 'system', 'developer', and 'user'."
NOT_STORED = (
    "Item with id '{}' not found. Items are not persisted when `store` is set to false. "
    "Try again with `store` set to true, or remove this item from your input."
)
REASONED = "encrypted"


def seen(body: dict[str, Any]) -> Seen:
    """The conversation in a request.

    Raises:
        Refused: OpenAI would refuse it.
    """
    if "conversation" in body and "previous_response_id" in body:
        raise Refused("Mutually exclusive parameters: 'conversation' and 'previous_response_id'.")
    tools = body.get("tools") or []
    for place, tool in enumerate(tools):
        # Left out, `strict` is switched on here.
        check_openai_function(tool, f"tools[{place}]", strict=tool.get("strict") is not False)
    items = body["input"]
    _check_items(items)
    last = max(place for place, item in enumerate(items) if item.get("role") == "user")
    after = items[last + 1 :]
    calls = [place for place, item in enumerate(after) if item.get("type") == "function_call"]
    rounds = sum(1 for place in calls if place == 0 or after[place - 1].get("type") != "function_call")
    return Seen(
        system=body.get("instructions", ""),
        user=[item["content"] for item in items if item.get("role") == "user"],
        rounds=rounds,
        results=[item["output"] for item in after if item.get("type") == "function_call_output"],
        may_call=bool(tools) and body.get("tool_choice", "auto") != "none",
    )


def _check_items(items: list[dict[str, Any]]) -> None:
    called: set[str] = set()
    answered: set[str] = set()
    for item in items:
        kind = item.get("type", "message")
        if kind == "message" and item["role"] not in ("assistant", "system", "developer", "user"):
            raise Refused(ROLE.format(item["role"]))
        if kind == "reasoning" and not item.get("encrypted_content"):
            raise Refused(NOT_STORED.format(item.get("id")))
        if kind == "function_call":
            called.add(item["call_id"])
        if kind == "function_call_output":
            if item["call_id"] not in called:
                raise Refused(NO_CALL.format(item["call_id"]))
            answered.add(item["call_id"])
    if waiting := sorted(called - answered):
        raise Refused(NO_OUTPUT.format(waiting[0]))


def answer(body: dict[str, Any], says: Says, number: int) -> dict[str, Any]:
    """The response's JSON; a model that reasons adds an item of its own."""
    output: list[dict[str, Any]] = []
    if body.get("include"):
        encrypted = f"{REASONED}-{number}"
        output.append(
            {"type": "reasoning", "id": f"rs_{number}", "summary": [], "encrypted_content": encrypted}
        )
    output += [
        {
            "type": "function_call",
            "id": f"fc_{number}_{place}",
            "call_id": f"call_{number}_{place}",
            "name": name,
            "arguments": arguments,
            "status": "completed",
        }
        for place, (name, arguments) in enumerate(says.calls)
    ]
    if says.text:
        content = [{"type": "output_text", "text": says.text, "annotations": []}]
        output.append(
            {
                "type": "message",
                "id": f"msg_{number}",
                "role": "assistant",
                "status": "completed",
                "content": content,
            }
        )
    usage = {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}
    return {
        "id": f"resp_{number}",
        "object": "response",
        "status": "completed",
        "output": output,
        "usage": usage,
    }


def refused(message: str) -> dict[str, Any]:
    """The body of a 400."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": "input", "code": None}}

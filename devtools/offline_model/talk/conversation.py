"""The latest turn in the messages of a chat request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Turn:
    """The latest turn.

    Args:
        latest: the user's message.
        tools: names of those that may be called now.
        results: of calls since that message: name of the tool and text.
    """

    system: str
    latest: str
    tools: frozenset[str]
    results: Sequence[tuple[str, str]]


def turn_of(body: Mapping[str, Any]) -> Turn | None:
    """The turn of a request that declares tools; None of any other."""
    if not body.get("tools"):
        return None
    messages = body["messages"]
    last = max(place for place, message in enumerate(messages) if message["role"] == "user")
    names: dict[str, str] = {}
    results = []
    for message in messages[last + 1 :]:
        for call in message.get("tool_calls") or []:
            names[call["id"]] = call["function"]["name"]
        if message["role"] == "tool":
            results.append((names.get(message["tool_call_id"], ""), str(message["content"])))
    may_call = body.get("tool_choice", "auto") != "none"
    tools = frozenset(tool["function"]["name"] for tool in body["tools"]) if may_call else frozenset[str]()
    system = "\n\n".join(str(message["content"]) for message in messages if message["role"] == "system")
    return Turn(system, str(messages[last]["content"]), tools, results)

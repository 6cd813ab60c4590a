"""A conversation in the form that covers all providers: what the user says, what the model says and calls,
what the tools answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model made.

    Args:
        call_id: the provider's, or ours where it gives none.
        arguments: None where the model wrote no JSON object.
        written: the arguments as the model wrote them.
        has_provider_id: whether the id may go back to the provider.
    """

    call_id: str
    wire_name: str
    arguments: Mapping[str, Any] | None
    written: str
    has_provider_id: bool = True


def arguments_of(call: ToolCall) -> Any:
    """The arguments of a call, an object or not."""
    return call.written if call.arguments is None else dict(call.arguments)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The one result of a call."""

    call_id: str
    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class UserSays:
    """A message of the user."""

    text: str


@dataclass(frozen=True, slots=True)
class ModelSays:
    """One answer of a model.

    Args:
        raw: the provider's own part, to be sent back byte for byte within the turn; it may hold
            placeholders of personal data.
        made_by: the form and model that made it; another one is not given `raw`.
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    raw: Any = field(default=None, repr=False)
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class ToolsSay:
    """The results of all calls of the answer before."""

    results: tuple[ToolResult, ...]


Item = UserSays | ModelSays | ToolsSay


@dataclass(frozen=True, slots=True)
class Declared:
    """A function as it is offered to a model."""

    wire_name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is sent to a model.

    Args:
        items: earlier turns, then the current one.
        turn_start: where the current turn begins in `items`.
        may_call: False in the last round, so that the user gets an answer.
    """

    system: str
    items: Sequence[Item]
    turn_start: int
    functions: Sequence[Declared] = ()
    may_call: bool = True


def to_json(item: Item) -> dict[str, Any]:
    """An item as JSON values."""
    match item:
        case UserSays(text):
            return {"user": text}
        case ToolsSay(results):
            return {"results": [{"call_id": one.call_id, "ok": one.ok, "text": one.text} for one in results]}
        case ModelSays(text, calls, raw, made_by):
            found: dict[str, Any] = {"model": text}
            if calls:
                found["calls"] = [_call_json(call) for call in calls]
            if raw is not None:
                found |= {"raw": raw, "made_by": made_by}
            return found


def from_json(found: Mapping[str, Any]) -> Item:
    """The item in such values."""
    if "user" in found:
        return UserSays(found["user"])
    if "results" in found:
        return ToolsSay(tuple(ToolResult(one["call_id"], one["ok"], one["text"]) for one in found["results"]))
    calls = tuple(_call(call) for call in cast(list[dict[str, Any]], found.get("calls", [])))
    return ModelSays(found["model"], calls, found.get("raw"), found.get("made_by", ""))


def _call_json(call: ToolCall) -> dict[str, Any]:
    found: dict[str, Any] = {"call_id": call.call_id, "name": call.wire_name, "arguments": call.arguments}
    if call.arguments is None:
        found["written"] = call.written
    if not call.has_provider_id:
        found["own_id"] = True
    return found


def _call(found: Mapping[str, Any]) -> ToolCall:
    arguments = found["arguments"]
    return ToolCall(
        found["call_id"], found["name"], arguments, found.get("written", ""), not found.get("own_id", False)
    )

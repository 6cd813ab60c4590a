"""The contract of a kind of tools, and the context in which a tool runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ai_worker.pipelines.assistants.registry.config import Assistant, Link, Tool

Arguments = Mapping[str, Any]


class ToolFault(Exception):
    """A tool could not do what was asked; the message is what the model reads of it, and may try again by."""


class Reminders(Protocol):
    """A store of reminders."""

    def add(self, reminder: "NewReminder") -> str:
        """Store a reminder once by its id; return the id."""
        ...

    def has(self, id_: str) -> bool:
        """Return True when there is a reminder of this id."""
        ...


@dataclass(frozen=True, slots=True)
class NewReminder:
    """A reminder about to be stored.

    Args:
        id: made of the call, so that the same call stores one.
        trigger_at: the next time, in UTC.
        first_local: the first time in local time of `time_zone`, from which a rule counts.
        rule: an RFC 5545 recurrence rule; None: once.
    """

    id: str
    user_id: str
    assistant_id: str
    message: str
    trigger_at: datetime
    time_zone: str
    first_local: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class ToolContext:
    """In whose name a tool runs.

    Args:
        user_id: of the thread.
        now: the time in UTC.
        key: of this call, the same at every try.
        seconds: the longest that it may take.
        ask: puts a message to a sub-assistant and returns its answer.
    """

    user_id: str
    assistant: Assistant
    tool: Tool
    link: Link | None
    now: datetime
    key: str
    seconds: float
    reminders: Reminders
    ask: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Function:
    """One function that a tool offers to the model.

    Args:
        name: as the registry has it, or with the server's name before it.
        part: distinguishes the functions of one tool; empty where it has one only.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    part: str = ""


LookUp = Callable[[Arguments, ToolContext], str | None]


def _no_problem(settings: Mapping[str, Any]) -> str | None:
    return None


def _never(tool: Tool, part: str) -> bool:
    return False


def _one_function(tool: Tool, schema: Mapping[str, Any]) -> Sequence[Function]:
    return (Function(tool.name, tool.description, schema),)


@dataclass(frozen=True)
class ToolKind:
    """One kind of tools.

    Args:
        name: the `tool_type`.
        run: carries a call out; raises ToolFault.
        acts: whether a call changes something outside, so that it may not be repeated blindly.
        look_up: after a call with an unknown outcome, the result that it had, or None where it did
            nothing; None: it cannot be found out.
        check: what is wrong with the settings of a tool, for its editor; None where they fit.
        offer: the functions that the tool offers, where that is not just itself.
        nested: whether it holds a conversation of its own, whose steps are kept one by one.
    """

    name: str
    run: Callable[[Arguments, ToolContext, str], str]
    acts: Callable[[Tool, str], bool] = _never
    look_up: LookUp | None = None
    check: Callable[[Mapping[str, Any]], str | None] = _no_problem
    offer: Callable[[Tool, Mapping[str, Any]], Sequence[Function]] = _one_function
    nested: bool = False

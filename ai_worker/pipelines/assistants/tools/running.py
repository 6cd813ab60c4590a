"""The functions that an assistant's links let it call, and one call carried out: always one result."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ai_worker.errors import WorkError
from ai_worker.pipelines.assistants.registry.config import Assistant, Config, Link, Tool
from ai_worker.pipelines.assistants.tools.contract import (
    Arguments,
    Function,
    ToolContext,
    ToolFault,
    ToolKind,
)
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer
from ai_worker.pipelines.assistants.tools.register import kind_named, kinds
from ai_worker.pipelines.assistants.wire.names import wire_names

log = logging.getLogger(__name__)

LONGEST_RESULT = 8_000
"""Characters of a result that the model is given."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A function that an assistant may call in this turn.

    Args:
        wire_name: as the providers take it.
    """

    wire_name: str
    function: Function
    tool: Tool
    link: Link
    kind: ToolKind

    @property
    def acts(self) -> bool:
        """True when a call changes something outside."""
        try:
            return self.kind.acts(self.tool, self.function.part)
        except ToolFault:
            # It cannot run; the run states why.
            return False


@dataclass(frozen=True, slots=True)
class Offer:
    """All of them by wire name, and what could not be offered, for the model to know."""

    functions: Mapping[str, Offered]
    missing: tuple[str, ...] = ()


def offer_of(config: Config, assistant: Assistant) -> Offer:
    """The functions that active links and tools give an assistant."""
    found: list[tuple[Function, Tool, Link, ToolKind]] = []
    missing: list[str] = []
    for tool, link in config.tools_of(assistant.id):
        if tool.tool_type not in kinds():
            missing.append(f"{tool.name}: this server knows no tools of type {tool.tool_type}")
            continue
        kind = kind_named(tool.tool_type)
        try:
            functions = kind.offer(tool, orjson.loads(tool.input_schema))
        except ToolFault as fault:
            log.warning("assistants: tool %s of %s is not offered: %s", tool.name, assistant.name, fault)
            missing.append(f"{tool.name}: {fault}")
            continue
        found += [(function, tool, link, kind) for function in functions]
    names = wire_names([(function.name, f"{tool.id}:{function.part}") for function, tool, _, _ in found])
    offered = {name: Offered(name, *parts) for name, parts in zip(names, found, strict=True)}
    return Offer(offered, tuple(missing))


def carried_out(offered: Offered, arguments: Arguments, context: ToolContext) -> dict[str, Any]:
    """The result of a call: `{"ok": …, "text": …}`. Failures are results, too, except where the outcome
    is unknown.

    Raises:
        NoAnswer: it was sent, acts, and may have been carried out.
        WorkError: a store, or the model of a sub-assistant, does not answer: the row is tried again.
    """
    return told(lambda: offered.kind.run(arguments, context, offered.function.part), offered)


def told(do: Callable[[], str], offered: Offered) -> dict[str, Any]:
    """The result of doing something for a call."""
    try:
        return result(do())
    except NoAnswer as fault:
        if offered.acts:
            raise
        return failed(str(fault))
    except ToolFault as fault:
        return failed(str(fault))
    except WorkError:
        raise
    except Exception as fault:
        log.exception("assistants: tool %s failed", offered.tool.name)
        return failed(f"{type(fault).__name__} within the tool; its log says more")


def result(text: str) -> dict[str, Any]:
    """A result, shortened to what a model is given."""
    if len(text) > LONGEST_RESULT:
        text = f"{text[:LONGEST_RESULT]}\n[shortened: {len(text) - LONGEST_RESULT} more characters]"
    return {"ok": True, "text": text}


def failed(reason: str) -> dict[str, Any]:
    """A failure as a result, in the words that the seed's assistants know."""
    return {"ok": False, "text": f"Error executing tool: {reason}"}

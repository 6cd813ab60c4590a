"""The calls of one answer carried out: each gets exactly one result, and what acts is never done twice."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ai_worker.engine.worker.checkpoints import UnknownOutcome
from ai_worker.errors import WorkError
from ai_worker.pipelines.assistants.conversation.steps import Json, Steps
from ai_worker.pipelines.assistants.conversation.turn import Ports, Spent, Turn
from ai_worker.pipelines.assistants.tools.arguments import problem_of
from ai_worker.pipelines.assistants.tools.contract import ToolContext, ToolFault
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer
from ai_worker.pipelines.assistants.tools.running import (
    Offer,
    Offered,
    carried_out,
    failed,
    result,
    told,
)
from ai_worker.pipelines.assistants.wire.neutral import Item, ModelSays, ToolCall, ToolResult, ToolsSay
from ai_worker.pipelines.assistants.wire.reading import dumped

log = logging.getLogger(__name__)

AT_ONCE = 8
UNKNOWN = (
    "it was started, and whether it was carried out is unknown; tell the user, and do not start it again"
)


class LookUpFailed(WorkError):
    """The outcome of a tool's call cannot be found out now; the row is tried again."""

    error_class = "look_up_failed"
    retry = True
    outage = True


@dataclass(frozen=True, slots=True)
class Round:
    """One answer's calls, and what they are carried out with.

    Args:
        name: of the steps of this round.
        ask: puts a message to a sub-assistant; given the name of its steps, its id and the message.
    """

    turn: Turn
    ports: Ports
    steps: Steps
    offer: Offer
    spent: Spent
    name: str
    ask: Callable[[str, str, str], str]


def carry_out(of: Round, says: ModelSays, before: Sequence[Item]) -> ToolsSay:
    """Carry out the calls of an answer.

    Args:
        before: the turn so far, for the guard against equal calls.
    """
    results: dict[str, dict[str, Any]] = {}
    runnable: list[tuple[ToolCall, Offered]] = []
    seen = _counted(before)
    for call in says.calls:
        offered = of.offer.functions.get(call.wire_name)
        if (reason := _refusal(of, call, offered, seen)) is not None:
            results[call.call_id] = failed(reason)
        elif offered is not None:
            runnable.append((call, offered))
            of.spent.calls += 1
        seen[_spelling(call)] += 1
    readers = [(call, offered) for call, offered in runnable if not offered.acts and not offered.kind.nested]
    results |= _read(of, readers)
    for call, offered in runnable:
        if offered.acts or offered.kind.nested:
            results[call.call_id] = _acted(of, call, offered) if offered.acts else _nested(of, call, offered)
    return ToolsSay(tuple(ToolResult(call.call_id, **results[call.call_id]) for call in says.calls))


def _refusal(of: Round, call: ToolCall, offered: Offered | None, seen: Counter[str]) -> str | None:
    if offered is None:
        return (
            f"there is no tool {call.wire_name[:80]!r}; there are {', '.join(of.offer.functions) or 'none'}"
        )
    if call.arguments is None:
        return "the arguments are not a JSON object"
    if (problem := problem_of(offered.function.schema, call.arguments)) is not None:
        return problem
    if seen[_spelling(call)] >= of.turn.bounds.repeats:
        return "the same call with the same arguments was made before; use its result"
    if of.spent.calls >= of.turn.bounds.calls:
        return "not carried out: too many calls in one turn"
    return None


def _read(of: Round, readers: Sequence[tuple[ToolCall, Offered]]) -> dict[str, dict[str, Any]]:
    """All calls that change nothing, at once, as one step."""
    if not readers:
        return {}

    def do() -> Json:
        with ThreadPoolExecutor(min(AT_ONCE, len(readers))) as pool:
            running = {
                call.call_id: pool.submit(_carried_out, of, call, offered) for call, offered in readers
            }
            return {id_: one.result() for id_, one in running.items()}

    return dict(of.steps.once(f"{of.name}:read", do))


def _carried_out(of: Round, call: ToolCall, offered: Offered, key: str = "") -> dict[str, Any]:
    return carried_out(offered, call.arguments or {}, _context(of, call, offered, key))


def _acted(of: Round, call: ToolCall, offered: Offered) -> dict[str, Any]:
    """A call that changes something: started once. Of one that was started and not answered the outcome
    is looked up.
    """
    look_up = _look_up(of, call, offered)

    def send(key: str) -> Json:
        try:
            return _carried_out(of, call, offered, key)
        except NoAnswer as fault:
            log.warning("assistants: the outcome of a call of %s is unknown: %s", offered.tool.name, fault)
            if look_up is None:
                return failed(UNKNOWN)
            return look_up(key) or failed(str(fault))

    try:
        return dict(of.steps.once_outside(f"{of.name}:{call.call_id}", send, look_up))
    except UnknownOutcome:
        return failed(UNKNOWN)


def _look_up(of: Round, call: ToolCall, offered: Offered) -> Callable[[str], Json | None] | None:
    find = offered.kind.look_up
    if find is None:
        return None

    def look_up(key: str) -> Json | None:
        try:
            found = find(call.arguments or {}, _context(of, call, offered, key))
        except ToolFault as fault:
            raise LookUpFailed(f"{offered.tool.name}: {fault}") from None
        return None if found is None else result(found)

    return look_up


def _nested(of: Round, call: ToolCall, offered: Offered) -> dict[str, Any]:
    """A call whose own steps are kept one by one."""
    context = _context(of, call, offered, f"{of.turn.key}:{of.name}:{call.call_id}")
    return told(lambda: offered.kind.run(call.arguments or {}, context, offered.function.part), offered)


def _context(of: Round, call: ToolCall, offered: Offered, key: str) -> ToolContext:
    return ToolContext(
        user_id=of.turn.user_id,
        assistant=of.turn.assistant,
        tool=offered.tool,
        link=offered.link,
        now=of.ports.now,
        key=key,
        seconds=of.ports.tool_seconds,
        reminders=of.ports.reminders,
        ask=lambda assistant_id, message: of.ask(f"{of.name}:{call.call_id}/", assistant_id, message),
    )


def _counted(items: Sequence[Item]) -> Counter[str]:
    return Counter(_spelling(call) for item in items if isinstance(item, ModelSays) for call in item.calls)


def _spelling(call: ToolCall) -> str:
    """A call in one spelling."""
    arguments = call.arguments
    return (
        f"{call.wire_name} {call.written if arguments is None else dumped(dict(sorted(arguments.items())))}"
    )

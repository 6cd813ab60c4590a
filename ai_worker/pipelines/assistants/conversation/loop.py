"""Model, tool calls, results, model: each step a checkpoint, so that a crash repeats no call that acted; and
an end in every case.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.conversation.instructions import instructions
from ai_worker.pipelines.assistants.conversation.steps import Json, Steps
from ai_worker.pipelines.assistants.conversation.tool_calls import Round, carry_out
from ai_worker.pipelines.assistants.conversation.turn import Answered, Ports, Spent, Turn, TurnResult
from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.running import Offer, offer_of
from ai_worker.pipelines.assistants.wire.neutral import (
    Declared,
    Item,
    ModelSays,
    ToolCall,
    UserSays,
    from_json,
    to_json,
)

NO_ANSWER = "I could not finish this: too many steps were needed. Please ask for less at a time."


def converse(turn: Turn, ports: Ports, steps: Steps, spent: Spent) -> TurnResult:
    """Answer a message.

    Args:
        steps: the row's checkpoints: what is kept there is not done again.
        spent: counts what the turn takes; also that of kept steps.

    Raises:
        WorkError: the model or a store does not answer; the steps done so far are kept.
    """
    offer = offer_of(turn.config, turn.assistant)
    functions = [
        Declared(name, one.function.description, one.function.schema) for name, one in offer.functions.items()
    ]
    items: list[Item] = [UserSays(turn.text)]
    for round_ in count():
        is_last = round_ == turn.bounds.rounds - 1
        stopped_by = spent.stopped_by(turn.bounds) or ("rounds" if is_last and functions else None)
        answered = _asked(turn, ports, steps, round_, offer, functions, items, may_call=stopped_by is None)
        spent.add(answered.usage, answered.cost)
        says = _with_own_ids(answered.says, f"{turn.key}_{round_}")
        if stopped_by is not None or not says.calls:
            # Calls in spite of all are left out: a turn ends with an answer.
            final = says if not says.calls else ModelSays(says.text or NO_ANSWER)
            items.append(final)
            return TurnResult(final.text, items, answered.model, stopped_by)
        name = f"{turn.steps_prefix}tools:{round_}"
        of = Round(turn, ports, steps, offer, spent, name, _asker(turn, ports, steps, spent))
        results = carry_out(of, says, items)
        items += [says, results]
    raise AssertionError("the last round ends the turn")


def _asked(
    turn: Turn,
    ports: Ports,
    steps: Steps,
    round_: int,
    offer: Offer,
    functions: Sequence[Declared],
    items: Sequence[Item],
    *,
    may_call: bool,
) -> Answered:
    def do() -> Json:
        system = instructions(turn.assistant, offer.missing, is_last_round=bool(functions) and not may_call)
        answered = ports.models.ask(turn.assistant, system, turn.history, items, functions, may_call=may_call)
        return _answered_json(answered)

    return _answered(steps.once(f"{turn.steps_prefix}model:{round_}", do))


def _asker(turn: Turn, ports: Ports, steps: Steps, spent: Spent) -> Any:
    def ask(prefix: str, assistant_id: str, message: str) -> str:
        return _sub_answer(turn, ports, steps, spent, prefix, assistant_id, message)

    return ask


def _sub_answer(
    turn: Turn, ports: Ports, steps: Steps, spent: Spent, prefix: str, assistant_id: str, message: str
) -> str:
    """The answer of a sub-assistant, which has its own tools, no history, and the same user.

    Raises:
        ToolFault: it may not be asked.
    """
    sub = turn.config.assistants.get(assistant_id)
    chain = turn.chain or (turn.assistant.id,)
    if sub is None:
        raise ToolFault("the assistant that this tool asks does not exist")
    if not sub.is_active:
        raise ToolFault(f"the assistant {sub.name!r} is not active")
    if assistant_id in chain:
        raise ToolFault(f"the assistant {sub.name!r} is asking already; it cannot be asked from below")
    if len(chain) > turn.bounds.depth:
        raise ToolFault(
            f"no more than {turn.bounds.depth} assistants may ask one another; answer without {sub.name!r}"
        )
    key = f"{turn.key}:{prefix}"
    below = replace(
        turn, assistant=sub, text=message, history=(), chain=(*chain, sub.id), steps_prefix=prefix, key=key
    )
    return converse(below, ports, steps, spent).text


def _with_own_ids(says: ModelSays, key: str) -> ModelSays:
    """The answer with an id for each call that no other call of the thread has."""
    seen: set[str] = set()
    calls: list[ToolCall] = []
    for place, call in enumerate(says.calls):
        if not call.has_provider_id or call.call_id in seen:
            call = replace(
                call, call_id=f"call_{key}_{place}".replace(":", "_").replace("/", "_"), has_provider_id=False
            )
        seen.add(call.call_id)
        calls.append(call)
    return replace(says, calls=tuple(calls))


def _answered_json(answered: Answered) -> Json:
    usage = answered.usage
    return {
        "says": to_json(answered.says),
        "usage": [usage.input, usage.output, usage.cached],
        "cost": None if answered.cost is None else str(answered.cost),
        "model": answered.model,
    }


def _answered(kept: Json) -> Answered:
    says = from_json(kept["says"])
    if not isinstance(says, ModelSays):
        raise AssertionError("a checkpoint of a model's answer holds something else")
    cost = None if kept["cost"] is None else Decimal(kept["cost"])
    return Answered(says, Usage(*kept["usage"]), cost, kept["model"])

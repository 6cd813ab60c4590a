"""A turn as it begins, its bounds, and what came of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from ai_worker.outbound.usage import Usage
from ai_worker.pipelines.assistants.registry.config import Assistant, Config
from ai_worker.pipelines.assistants.tools.contract import Reminders
from ai_worker.pipelines.assistants.wire.neutral import Declared, Item, ModelSays


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one turn.

    Args:
        rounds: requests to the model of one assistant; the last is without tools.
        calls: of tools, those of sub-assistants included.
        seconds: of one attempt; no tool is offered afterwards.
        money: of the model calls, in the currency of the prices; None: no limit.
        repeats: times that the same call with the same arguments is carried out.
        depth: of sub-assistants below one another.
    """

    rounds: int = 8
    calls: int = 24
    seconds: float = 120.0
    money: Decimal | None = None
    repeats: int = 2
    depth: int = 3


@dataclass(slots=True)
class Spent:
    """Calls, tokens and money of the turn so far, sub-assistants included."""

    started: float = field(default_factory=time.monotonic)
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    def add(self, usage: Usage, cost: Decimal | None) -> None:
        """Count one answer of a model, asked now or kept."""
        self.usage += usage
        if cost is not None:
            self.cost = (self.cost or Decimal(0)) + cost

    def stopped_by(self, bounds: Bounds) -> str | None:
        """The bound that is reached, `rounds` aside; None: no bound."""
        if self.calls >= bounds.calls:
            return "calls"
        if time.monotonic() - self.started >= bounds.seconds:
            return "seconds"
        if bounds.money is not None and self.cost is not None and self.cost >= bounds.money:
            return "money"
        return None


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a model, with the personal data put back."""

    says: ModelSays
    usage: Usage
    cost: Decimal | None
    model: str


class Models(Protocol):
    """The port to models."""

    def ask(
        self,
        assistant: Assistant,
        system: str,
        history: Sequence[Sequence[Item]],
        turn: Sequence[Item],
        functions: Sequence[Declared],
        *,
        may_call: bool,
    ) -> Answered:
        """Ask the assistant's model once; raises WorkError.

        Args:
            history: earlier turns, the oldest first; as many of the newest are sent as fit.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a turn to the world.

    Args:
        now: the time in UTC.
    """

    models: Models
    reminders: Reminders
    now: datetime
    tool_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A message about to be answered.

    Args:
        key: of the message; keys of tool calls are made of it.
        history: earlier turns of the thread.
        chain: the assistants that ask one another down to this one, itself included.
        steps_prefix: before the names of its steps.
    """

    config: Config
    assistant: Assistant
    user_id: str
    text: str
    key: str
    bounds: Bounds
    history: Sequence[Sequence[Item]] = ()
    chain: tuple[str, ...] = ()
    steps_prefix: str = ""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """An answered message.

    Args:
        items: the whole turn, for the next one.
        stopped_by: the bound that ended it, if one did.
    """

    text: str
    items: Sequence[Item]
    model: str
    stopped_by: str | None

"""One batch of wants and settlements, as the script takes it and as it answers."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_worker.outbound.endpoint import Endpoint, Limits
from ai_worker.outbound.limits.breaker import Verdict
from ai_worker.outbound.limits.limiter import Permit


@dataclass(frozen=True, slots=True)
class Want:
    """A call that wants to go.

    Args:
        waited: whether it was refused before and has waited here for its place.
    """

    id: str
    model: Endpoint
    tokens: int
    waited: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """A call that has ended.

    Args:
        tokens: used; None if unknown.
        why: of a failure.
    """

    permit: Permit
    verdict: Verdict
    tokens: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Shutting:
    """A hold that a provider's answer orders: a cooldown, or a closing.

    Args:
        hold: see `Endpoint.holds`.
        ends: `time.monotonic()`.
        by: the id of the permit of the call that was answered so; empty: none.
    """

    hold: str
    ends: float
    reason: str
    closes: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reopening:
    """A model whose holds an operator lifts."""

    key: str


Note = Settlement | Shutting | Reopening


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that may not go.

    Args:
        seconds: until it may be asked for again.
        by_limit: whether nothing but a limit stands in the way.
        closed: whether a fault of the deployment closes the model.
    """

    seconds: float
    reason: str
    by_limit: bool
    closed: bool = False


@dataclass(slots=True)
class Entry:
    """The wants and ended calls of one model, under the same limits."""

    model: Endpoint
    wants: list[int] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)


@dataclass(slots=True)
class PermitBatch:
    """Puts together what is sent, and takes the answer apart again.

    Args:
        spare: seconds that a lease outlasts its call's deadline.
        valid: seconds within which a granted call must have left.
    """

    wants: Sequence[Want]
    notes: Sequence[Note]
    spare: float
    valid: float
    entries: list[Entry] = field(default_factory=list)
    made: float = field(default_factory=time.monotonic)

    def arguments(self, epoch: str) -> dict[str, Any]:
        """The arguments of the script.

        Args:
            epoch: the one that this process knows, or "".
        """
        self._group()
        return {
            "known": epoch,
            "run": "",
            "nonce": secrets.token_hex(8),
            "shut": [self._shut(note) for note in self.notes if isinstance(note, Shutting)],
            "reopen": [note.key for note in self.notes if isinstance(note, Reopening)],
            "models": [self._entry(entry) for entry in self.entries],
        }

    def _shut(self, note: Shutting) -> list[Any]:
        wait = round((note.ends - self.made) * 1000)
        return [note.hold, wait, note.reason, "closed" if note.closes else "cooling", note.by or "?"]

    def _group(self) -> None:
        found: dict[tuple[str, tuple[str, ...], Limits, float], Entry] = {}

        def entry_of(model: Endpoint) -> Entry:
            return found.setdefault(
                (model.key, model.holds, model.limits, model.deadline_seconds), Entry(model)
            )

        for note in self.notes:
            if isinstance(note, Settlement):
                entry_of(note.permit.model).settlements.append(note)
        for index, want in enumerate(self.wants):
            entry_of(want.model).wants.append(index)
        self.entries = list(found.values())

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "key": entry.model.key,
            "limits": wire_limits(entry.model, self.spare),
            "why": next((settlement.why for settlement in reversed(entry.settlements) if settlement.why), ""),
            "done": [_settled(settlement) for settlement in entry.settlements],
            "wants": [
                [want.id, want.tokens, want.waited] for want in map(self.wants.__getitem__, entry.wants)
            ],
        }

    def answers(self, answer: list[Any]) -> list[Permit | Refusal]:
        """The answer to each want, in their order."""
        granted = answer[1] / 1000
        found: list[Permit | Refusal | None] = [None] * len(self.wants)
        for entry, replies in zip(self.entries, answer[2:], strict=True):
            for index, reply in zip(entry.wants, replies, strict=True):
                found[index] = self._answer(self.wants[index], reply, granted)
        return [result for result in found if result is not None]

    def _answer(self, want: Want, reply: list[Any], granted: float) -> Permit | Refusal:
        if reply[0]:
            generation, probe, scarce = reply[1:]
            return Permit(
                want.id,
                want.model,
                want.tokens,
                granted,
                generation,
                bool(probe),
                bool(scarce),
                self.made + self.valid,
            )
        return Refusal(reply[1] / 1000, reply[2], bool(reply[3]), bool(reply[4]))


def wire_limits(model: Endpoint, spare: float) -> dict[str, int | Sequence[str]]:
    """A model's limits as the scripts know them, -1: none; and the holds that hold it."""
    limits = model.limits
    return {
        "requests": -1 if limits.requests_per_minute is None else limits.requests_per_minute,
        "tokens": -1 if limits.tokens_per_minute is None else limits.tokens_per_minute,
        "calls": -1 if limits.in_flight is None else limits.in_flight,
        "lease": round((model.deadline_seconds + spare) * 1000),
        "holds": model.holds,
    }


def _settled(settlement: Settlement) -> list[Any]:
    permit = settlement.permit
    used = -1 if settlement.tokens is None else settlement.tokens
    return [
        permit.id,
        permit.generation,
        round(permit.granted * 1000),
        permit.tokens,
        used,
        settlement.verdict,
    ]

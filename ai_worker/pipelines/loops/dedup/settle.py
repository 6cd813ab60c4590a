"""The settlement of a round's questions: duplicates point at a kept root, and no more are approved than there
is room for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.loops.dedup.entries import Twin


@dataclass(frozen=True, slots=True)
class Settled:
    """The decision on a question.

    Args:
        approved: False for a duplicate, and for one that found no room.
        twin: the root that it duplicates; None for one that duplicates nothing.
    """

    id: str
    approved: bool
    twin: Twin | None = None


def settle(new: Sequence[str], twins: Mapping[str, Twin], room: int | None) -> list[Settled]:
    """Decide on each question in turn.

    Args:
        new: ids in the order in which they are to be kept.
        twins: those found, and those that a model named; chains lead to their root.
        room: how many may be approved; None: all. What finds no room stays pending, and so do duplicates of
            it.
    """
    settled: dict[str, Settled] = {}
    approved = 0
    for name in new:
        twin = _root(name, twins)
        if twin is not None:
            # A root of an earlier round stands outside `settled`; it is approved.
            kept = settled.get(twin.id, Settled(twin.id, approved=True)).approved
            settled[name] = Settled(name, approved=False, twin=twin if kept else None)
        elif room is None or approved < room:
            approved += 1
            settled[name] = Settled(name, approved=True)
        else:
            settled[name] = Settled(name, approved=False)
    return list(settled.values())


def _root(name: str, twins: Mapping[str, Twin]) -> Twin | None:
    """The end of the chain that begins with a question, with the likeness and method of its first link."""
    first = last = twins.get(name)
    seen = {name}
    while last is not None and last.id in twins and last.id not in seen:
        seen.add(last.id)
        last = twins[last.id]
    return None if first is None or last is None else Twin(last.id, first.similarity, first.method)

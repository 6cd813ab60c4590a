"""The chunks that a round visits: every chunk of every file once before any second visit, files by turns."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visited:
    """A chunk with the number of rounds that have asked about it.

    Args:
        id_loop_chunk: its row.
        visits: finished and failed ones; both took their turn.
    """

    id_loop_chunk: int
    file_id: str
    visits: int


def plan_visits(chunks: Sequence[Visited], per_chunk: int, room: int | None) -> list[Visited]:
    """The chunks of the next round, in the order in which they are asked.

    Without a limit of questions a round visits all of them. With one it visits as many as the missing
    questions need, the least
    visited first, and of these one of every file before the second of any: a large file does not starve the
        small ones.

    Args:
        chunks: all of the loop, in the order of their documents.
        per_chunk: questions wanted of each.
        room: questions that may still be approved; None: any number.
    """
    turns = _by_turns(chunks)
    if room is None:
        return turns
    files = len({chunk.file_id for chunk in chunks if chunk.visits == 0})
    return turns[: max(math.ceil(room / max(1, per_chunk)), files, 1)]


def _by_turns(chunks: Sequence[Visited]) -> list[Visited]:
    """By visits, then by place within the file among the equally visited."""
    places: dict[tuple[str, int], int] = defaultdict(int)
    keyed = []
    for number, chunk in enumerate(chunks):
        place = places[chunk.file_id, chunk.visits]
        places[chunk.file_id, chunk.visits] += 1
        keyed.append(((chunk.visits, place, number), chunk))
    return [chunk for _, chunk in sorted(keyed, key=lambda pair: pair[0])]

"""Division of a window among lanes: the lane that holds least gets the next row."""

from collections.abc import Mapping
from heapq import heapify, heappop, heapreplace
from typing import TypeVar

Key = TypeVar("Key")


def fair_share(
    capacity: int, held: Mapping[Key, int], caps: Mapping[Key, int | None] | None = None
) -> dict[Key, int]:
    """Divide `capacity` free capacity among lanes by max-min fairness (Bertsekas & Gallager, Data Networks,
    6.5.2).

    Args:
        capacity: capacity to give, in rows.
        held: rows that each lane holds already.
        caps: the most that a lane may hold; missing or None for no cap.

    Returns:
        How many rows each lane may reserve now; lanes that get none are left out.
    """
    limits = caps or {}
    heap = [(count, order, key) for order, (key, count) in enumerate(held.items())]
    heapify(heap)
    given: dict[Key, int] = {}
    while capacity > 0 and heap:
        count, order, key = heap[0]
        cap = limits.get(key)
        if cap is not None and count >= cap:
            heappop(heap)
            continue
        # The lowest lane rises to the level of the next one in a single step, so the cost follows lanes, not
        # rows.
        level = min((heap[child][0] for child in (1, 2) if child < len(heap)), default=count + capacity)
        step = max(1, min(level - count, capacity, (cap - count) if cap is not None else capacity))
        if len(heap) == 1:
            step = min(capacity, (cap - count) if cap is not None else capacity)
        given[key] = given.get(key, 0) + step
        capacity -= step
        heapreplace(heap, (count + step, order, key))
    return given

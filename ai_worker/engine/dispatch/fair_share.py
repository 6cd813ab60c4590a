"""Division of a window among lanes: the lane that holds least gets the next row."""

from collections.abc import Mapping
from heapq import heapify, heappop, heapreplace
from typing import TypeVar

Key = TypeVar("Key")


def fair_share(
    capacity: int,
    held: Mapping[Key, int],
    caps: Mapping[Key, int | None] | None = None,
    pools: Mapping[Key, str] | None = None,
    free: Mapping[str, int] | None = None,
) -> dict[Key, int]:
    """Divide `capacity` free capacity among lanes by max-min fairness (Bertsekas & Gallager, Data Networks,
    6.5.2).

    Args:
        capacity: capacity to give, in rows.
        held: rows that each lane holds already.
        caps: the most that a lane may hold; missing or None for no cap.
        pools: the name of the pool that a lane takes its rows from; missing for none.
        free: rows that each pool has left.

    Returns:
        How many rows each lane may reserve now; lanes that get none are left out.
    """
    limits, pool_of, left = caps or {}, pools or {}, dict(free or {})
    heap = [(count, order, key) for order, (key, count) in enumerate(held.items())]
    heapify(heap)
    given: dict[Key, int] = {}
    while capacity > 0 and heap:
        count, order, key = heap[0]
        cap, pool = limits.get(key), pool_of.get(key)
        most = capacity if cap is None else min(capacity, cap - count)
        if pool is not None:
            most = min(most, left[pool])
        if most <= 0:
            heappop(heap)
            continue
        # The lowest lane rises to the level of the next one in a single step, so the cost follows lanes, not
        # rows.
        level = min((heap[child][0] for child in (1, 2) if child < len(heap)), default=count + most)
        step = max(1, min(level - count, most))
        given[key] = given.get(key, 0) + step
        capacity -= step
        if pool is not None:
            left[pool] -= step
        heapreplace(heap, (count + step, order, key))
    return given

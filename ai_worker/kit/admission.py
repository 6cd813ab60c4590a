"""The lanes that may be worked now, and the number of their rows at once: as far as limits, cooldowns,
breakers and budgets leave room.

Asked before anything is reserved, so the rows of a closed model are not even looked at: nothing of them
spins, and nothing of other models waits behind them. The lanes of a model, of whatever kinds of rows, share
as many rows as calls of it are under way or may start before the next scan, one at the least.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ai_worker.engine.contract.row import Lane, Pool
from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import ModelState
from ai_worker.settings import settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lane that may be worked as far as its pipeline is concerned.

    Args:
        model: the model, or another endpoint, that its rows ask; None if it is unknown: they are worked, and
            fail with the reason.
        calls: for how many calls at once its budgets have money; None: for any number.
    """

    lane: Lane
    model: Endpoint | None
    calls: int | None = None


def admitted(candidates: Sequence[Candidate]) -> list[Lane]:
    """The lanes whose models may be asked before the next scan, with their caps and pools. None of them while
    Redis is away.
    """
    models = {candidate.model.key: candidate.model for candidate in candidates if candidate.model}
    try:
        states = limiter().availability(models.values(), settings().scan_seconds)
    except StoreUnavailable as fault:
        log.warning("nothing is handed out: %s", fault)
        return []
    pools = {key: _pool_of(state) for key, state in states.items()}
    opened = []
    for candidate in candidates:
        pool = pools[candidate.model.key] if candidate.model else None
        if candidate.calls != 0 and (pool is None or pool.size > 0):
            opened.append(replace(candidate.lane, cap=candidate.calls, pool=pool))
    return opened


def _pool_of(state: ModelState) -> Pool | None:
    capacity = capacity_of(state)
    return None if capacity is None else Pool(state.key, capacity)


def free_places(model: Endpoint | None) -> int | None:
    """The calls to a model that may start now; None: any number of them."""
    if model is None:
        return None
    try:
        return limiter().availability([model], 0.0)[model.key].capacity
    except StoreUnavailable as fault:
        log.warning("nothing is started: %s", fault)
        return 0


def capacity_of(state: ModelState) -> int | None:
    """The most rows of a model that may be reserved or under way at once; 0: it is closed until after the
    next scan, None: no limit.
    """
    if state.capacity is None:
        return None
    limit = state.limits.in_flight
    full = limit is not None and state.used.in_flight >= limit
    if state.capacity == 0 and not full:
        return 0
    # A full model's next call may start at any moment: one row waits for it.
    return state.used.in_flight + max(1, state.capacity)

"""The lanes that may be worked now, and the number of their rows at once: as far as limits, cooldowns,
breakers and budgets leave room.

Asked before anything is reserved, so the rows of a closed model are not even looked at: nothing of them
spins, and nothing of other models waits behind them. The lanes of a model, of whatever kinds of rows, share
as many rows as calls of it are under way or may start before the next scan, one at the least.
"""

import logging
from collections.abc import Iterable, Sequence
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
        also: further ones that its rows ask, whose places they hardly take: while one of them is closed, the
            lane is, too.
        calls: the most of its rows at once, e.g. those that its budgets have money for; None: any number.
    """

    lane: Lane
    model: Endpoint | None
    calls: int | None = None
    also: Sequence[Endpoint] = ()


def admitted(candidates: Sequence[Candidate]) -> list[Lane]:
    """The lanes whose models may be asked before the next scan, with their caps and pools. None of them while
    Redis is away.
    """
    asked = [model for candidate in candidates for model in (candidate.model, *candidate.also) if model]
    try:
        states = limiter().availability(asked, settings().scan_seconds)
    except StoreUnavailable as fault:
        log.warning("nothing is handed out: %s", fault)
        return []
    pools = {name: _pool_of(state) for name, state in states.items()}
    opened = []
    for candidate in candidates:
        pool = pools[candidate.model.asked_as] if candidate.model else None
        needed = [pool, *(pools[model.asked_as] for model in candidate.also)]
        if candidate.calls != 0 and all(found is None or found.size > 0 for found in needed):
            opened.append(replace(candidate.lane, cap=candidate.calls, pool=pool))
    return opened


def closed_reasons(asked: Iterable[Endpoint]) -> dict[str, str]:
    """The reasons of those that a fault of the deployment closes, by `Endpoint.asked_as`. None of them while
    Redis is away.
    """
    try:
        states = limiter().availability(asked, 0.0)
    except StoreUnavailable:
        return {}
    return {name: state.closed.reason for name, state in states.items() if state.shut and state.closed}


def _pool_of(state: ModelState) -> Pool | None:
    capacity = capacity_of(state)
    return None if capacity is None else Pool(state.key, capacity)


def free_capacity(*asked: Sequence[Endpoint]) -> list[int | None]:
    """For each of these groups of models, the rows that may start now of those that ask all of the group;
    None: any number of them.
    """
    try:
        states = limiter().availability([model for models in asked for model in models], 0.0)
    except StoreUnavailable as fault:
        log.warning("nothing is started: %s", fault)
        return [0] * len(asked)
    return [_least(states[model.asked_as].capacity for model in models) for models in asked]


def _least(capacities: Iterable[int | None]) -> int | None:
    return min((capacity for capacity in capacities if capacity is not None), default=None)


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

"""The lanes that may be worked now, and the number of their rows at once: as far as limits, cooldowns,
breakers and budgets leave room.

Asked before anything is reserved, so the rows of a closed model are not even looked at: nothing of them
spins, and nothing of other models waits behind them. A lane gets no more rows than calls of it are under way
or may start before the next scan, one at the least.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ai_worker.engine.contract.row import Lane
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
    """The lanes whose models may be asked before the next scan, with their caps. None of them while
    Redis is away.
    """
    models = {candidate.model.key: candidate.model for candidate in candidates if candidate.model}
    try:
        states = limiter().availability(models.values(), settings().scan_seconds)
    except StoreUnavailable as fault:
        log.warning("nothing is handed out: %s", fault)
        return []
    sharing = Counter(candidate.model.key for candidate in candidates if candidate.model)
    opened = []
    for candidate in candidates:
        caps = [] if candidate.calls is None else [candidate.calls]
        if candidate.model:
            capacity = capacity_of(states[candidate.model.key])
            if capacity is not None:
                # Rounded up, so that a small share still is a place.
                caps.append(-(-capacity // sharing[candidate.model.key]))
        if not caps or min(caps) > 0:
            opened.append(replace(candidate.lane, cap=min(caps, default=None)))
    return opened


def free_places(model: Endpoint | None) -> int | None:
    """The calls to a model that may start before the next scan; None: any number of them."""
    if model is None:
        return None
    try:
        return limiter().availability([model], settings().scan_seconds)[model.key].capacity
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

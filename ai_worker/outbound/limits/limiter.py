"""The vocabulary of permits: what a caller holds, what scanners and operators see, and what every giver of
permits offers.
"""

import random
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ai_worker.errors import BadRequest, NotNow
from ai_worker.outbound.endpoint import Endpoint, Limits

FIRST_TOKENS = 1000
"""The tokens that a call is taken to count, for planning alone, without calls of this minute to go by."""

BreakerState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave for one call to a model; settled exactly once, by its holder, or by its lease's end where the
    holder died.

    Args:
        tokens: what was reserved.
        granted: when, in seconds of the granting clock.
        generation: of the breaker, so that an answer to an older question says nothing about a newer state.
        probe: whether this is the one call that a half-open breaker lets through.
        scarce: whether more than half of the calls that may be in flight were so when it was granted.
        valid_until: `time.monotonic()` by which the call must have left.
    """

    id: str
    model: Endpoint
    tokens: int
    granted: float
    generation: int
    probe: bool
    scarce: bool
    valid_until: float

    @property
    def void(self) -> bool:
        """True if the call was held up so long that it would arrive in a later window than it was counted in.
        Give it back then.
        """
        return time.monotonic() > self.valid_until


@dataclass(frozen=True, slots=True)
class Closed:
    """A model that may not be asked now.

    Args:
        retry_after: seconds from now until it can be expected to open.
        reason: for an operator.
    """

    retry_after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Used:
    """The use of a model's limits now."""

    requests: int
    tokens: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model as status, API and metrics show it.

    Args:
        breaker_since: when the breaker took its state, UTC; None if it has never been open.
        open_for: seconds until the breaker lets a probe through.
        cooling_for: seconds that the cooldown of the model or its server lasts.
        capacity: calls that may start now, or within the time that was asked about; None: no limit. With a
            time, those that may wait for a place come to those that have one.
        closed: None if it may be asked now.
        shut: whether the deployment's fault closes it.
    """

    key: str
    breaker: BreakerState
    breaker_reason: str
    breaker_since: datetime | None
    open_for: float
    cooling_for: float
    cooling_reason: str
    limits: Limits
    used: Used
    capacity: int | None
    closed: Closed | None
    shut: bool = False


def not_now(reason: str, seconds: float) -> NotNow:
    """A refusal whose time is spread a little, so that those refused together do not come back together.

    Args:
        seconds: until the call may be asked for again.
    """
    return NotNow(reason, retry_after=seconds + random.uniform(0.0, min(1.0, 0.05 + seconds / 10)))


def refuse_oversized(model: Endpoint, tokens: int) -> None:
    """Refuse for good what no window will ever have room for.

    Raises:
        BadRequest: more tokens than the model allows in a minute.
    """
    limit = model.limits.tokens_per_minute
    if limit is not None and tokens > limit:
        raise BadRequest(
            f"{model.key}: estimated at {tokens} tokens, and the model's limit is {limit} tokens per minute"
        )


class Limiter(Protocol):
    """Gives permits: cluster-wide by Redis (`RedisLimiter`), or within one process (`LocalLimiter`)."""

    def acquire(self, model: Endpoint, tokens: int = 0, *, patience: float = 0.0) -> Permit:
        """Leave for one call.

        Args:
            tokens: the most that the call is estimated to use, input and output together.
            patience: seconds to wait here for a place, where only a limit stands in the way and one is
                expected within that time.

        Raises:
            NotNow: a limit is reached, the model cools down, its breaker is open, or the state is unknown
                because Redis is away.
            BadRequest: more tokens than the model allows in a minute.
        """
        ...

    def settle(
        self, permit: Permit, error: BaseException | None = None, *, tokens: int | None = None
    ) -> None:
        """The call has ended: frees its place, corrects its tokens, tells the breaker. Never raises, never
        waits for Redis.

        Args:
            error: what ended the call; None for an answer.
            tokens: what the call used; None if unknown, the reserved ones then stay counted.
        """
        ...

    def give_back(self, permit: Permit) -> None:
        """The call never left: nothing of it counts."""
        ...

    def cool_down(self, hold: str, seconds: float, reason: str, by: Permit | None = None) -> None:
        """Let no call under the hold start for these seconds, at least for the floor, which doubles while
        refusals continue; a longer cooldown that is there stays. Afterwards one call goes first.

        Args:
            hold: one of `Endpoint.holds`.
            by: of the call that was answered so.
        """
        ...

    def shut(self, model: Endpoint, reason: str, by: Permit | None = None) -> None:
        """Close the model because the deployment is at fault; one probe reopens it, tried at growing
        intervals, or `reopen`, or a changed setting, since that changes the hold's name.
        """
        ...

    def reopen(self, key: str) -> None:
        """Lift the holds that the model was last asked under, and its closings under any API key, and close
        its breaker.
        """
        ...

    def availability(self, models: Iterable[Endpoint], seconds: float) -> Mapping[str, ModelState]:
        """The models' states by `Endpoint.asked_as`, for admission; the capacity is that of the next
        seconds. One round trip.

        Raises:
            StoreUnavailable: Redis is away.
        """
        ...

    def states(self) -> list[ModelState]:
        """Every model asked for within the last hour.

        Raises:
            StoreUnavailable: Redis is away.
        """
        ...

    def flush(self, timeout: float = 5.0) -> bool:
        """Wait until everything that this process has settled counts; whether it did in time."""
        ...

    def close(self) -> None:
        """Settles what is not settled yet and ends; nothing may be acquired afterwards."""
        ...

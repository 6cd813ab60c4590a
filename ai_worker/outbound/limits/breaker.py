"""The breaker of a model: what counts as a failure, when it opens, for how long. Shared by all processes
(`breaker.lua`).

Why none of the libraries carries it (read: pybreaker 1.4.1, limits 5.8.0):

- pybreaker holds one lock of the process around the whole guarded call (`with self._lock: return
  self.state.call(…)`), so that 100 greenlets would ask their model one after another. Its half-open state is
  a value in Redis which every process sees as leave to try: with eight processes eight probes. It counts
  failures in a row, not a rate; it takes the worker's clock for the opening; and when Redis is away it falls
  back to "closed", where ours has to stop.
- `limits` keeps sliding windows well, but a limit a round trip, timed by the worker's clock (`time.time()`),
  with nothing to give back when fewer tokens were used than reserved, and no leases for calls in flight.
- Beside each other they would need four round trips a call, between which the state can change. One script
  does all of it at once.
"""

from dataclasses import dataclass
from typing import Literal

from ai_worker.errors import WorkError
from ai_worker.outbound.errors import (
    CallError,
    DeploymentFault,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The conditions on which a breaker opens, and for how long.

    Args:
        calls: fewer calls than this within the window say nothing.
        share: this share of them failed: it opens.
        window: seconds; calls that ended longer ago say nothing about now.
        open_first: seconds of the first opening; each failed probe doubles them.
        open_cap: seconds of the longest opening: so soon after an outage a probe finds its end, and one probe
            costs nothing.
        cool_floor, cool_floor_cap: seconds that a cooldown lasts at least; they double with every refusal of
            the call that went first.
        closed_first, closed_cap: the same of a model that the deployment's fault closes.
    """

    calls: int = 10
    share: float = 0.5
    window: float = 60.0
    open_first: float = 5.0
    open_cap: float = 10.0
    cool_floor: float = 1.0
    cool_floor_cap: float = 64.0
    closed_first: float = 60.0
    closed_cap: float = 600.0


SLICES = 12
"""The number of slices of the cluster-wide window."""

Verdict = Literal["answered", "failed", "limited", "unsent", "unknown"]
"""The verdict of a call's end about its model: it works; it is at fault; it wants fewer calls; the call never
left; nothing.
"""


def verdict_of(error: BaseException | None) -> Verdict:
    """The verdict of a call's end about its model.

    A bad request or an unusable answer is an answer: the server works. A 429 is the cooldown's matter, a
    deployment's fault its hold's. Whatever is no CallError was our own: a store that is away, a killed
    greenlet, a bug.
    """
    if error is None:
        return "answered"
    if isinstance(error, RateLimited | QuotaExhausted):
        return "limited"
    if isinstance(error, CallError):
        if isinstance(error, DeploymentFault) or (isinstance(error, RequestRejected) and error.unexplained):
            # Its hold stops the endpoint; a 401 says nothing of the server's health. And a 400 that all
            # requests may get does not reopen an endpoint that was closed for one.
            return "unknown"
        return "failed" if error.server_fault else "answered"
    return "unknown"


def why(error: BaseException) -> str:
    """The failure as the breaker's reason shows it, in one short line."""
    name = error.error_class if isinstance(error, WorkError) else type(error).__name__
    return f"{name}: {error}"[:200]

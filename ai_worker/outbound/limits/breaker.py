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

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from ai_worker.errors import WorkError
from ai_worker.outbound.errors import CallError, QuotaExhausted, RateLimited
from ai_worker.outbound.limits.limiter import BreakerState


@dataclass(frozen=True, slots=True)
class Rules:
    """When a breaker opens, and for how long.

    Args:
        calls: fewer calls than this within the window say nothing.
        share: this share of them failed: it opens.
        window: seconds; calls that ended longer ago say nothing about now.
        open_first: seconds of the first opening; each failed probe doubles them.
        open_cap: seconds of the longest opening: so soon after an outage a probe finds its end, and one probe
            costs nothing.
    """

    calls: int = 10
    share: float = 0.5
    window: float = 60.0
    open_first: float = 5.0
    open_cap: float = 10.0


SLICES = 12
"""Into so many slices the cluster-wide window is cut."""

Verdict = Literal["answered", "failed", "limited", "unsent", "unknown"]
"""What a call's end says about its model: it works; it is at fault; it wants fewer calls; the call never
left; nothing.
"""


def verdict_of(error: BaseException | None) -> Verdict:
    """What a call's end says about its model.

    A bad request or an unusable answer is an answer: the server works. A 429 is the cooldown's matter.
        Whatever is no CallError was
    our own: a store that is away, a killed greenlet, a bug.
    """
    if error is None:
        return "answered"
    if isinstance(error, RateLimited | QuotaExhausted):
        return "limited"
    if isinstance(error, CallError):
        return "failed" if error.outage else "answered"
    return "unknown"


def why(error: BaseException) -> str:
    """The failure as the breaker's reason shows it, in one short line."""
    name = error.error_class if isinstance(error, WorkError) else type(error).__name__
    return f"{name}: {error}"[:200]


@dataclass(slots=True)
class Breaker:
    """The breaker of one model within one process; the same rules as `breaker.lua`. Times are in seconds of
    one monotonic clock.
    """

    rules: Rules
    state: BreakerState = "closed"
    generation: int = 0
    since: float | None = None
    open_until: float = 0.0
    opens: int = 0
    probe: str = ""
    probe_until: float = 0.0
    reason: str = ""
    _ends: deque[tuple[float, bool]] = field(default_factory=deque)

    def refuses(self, now: float) -> tuple[float, str] | None:
        """None when a call may go; else when to ask again, and why."""
        if self.state == "open" and now < self.open_until:
            return self.open_until, f"circuit open: {self.reason}"
        if self.state == "half_open" and now < self.probe_until:
            again = now + max(1.0, now - (self.since or now))
            return min(again, self.probe_until), f"circuit half open, one probe under way: {self.reason}"
        return None

    def start_probe(self, now: float, permit: str, lease: float) -> None:
        """Lets one call try, for as long as its lease lasts."""
        self.state, self.since, self.probe, self.probe_until = "half_open", now, permit, now + lease

    def settle(self, now: float, permit: str, generation: int, verdict: Verdict, reason: str) -> None:
        """Takes note of a call's end."""
        if self.state == "half_open" and permit == self.probe:
            self._settle_probe(now, verdict, reason)
        elif self.state == "closed" and generation == self.generation and verdict in ("answered", "failed"):
            self._ends.append((now, verdict == "failed"))
            self._judge(now, reason)

    def _settle_probe(self, now: float, verdict: Verdict, reason: str) -> None:
        if verdict == "failed":
            self._open(now, reason)
        elif verdict in ("answered", "limited"):
            self._turn(now, "closed", "")
            self.open_until, self.opens = 0.0, 0
        else:
            self.state, self.probe, self.open_until = "open", "", now

    def _judge(self, now: float, reason: str) -> None:
        while self._ends and self._ends[0][0] <= now - self.rules.window:
            self._ends.popleft()
        failed = sum(failed for _, failed in self._ends)
        if (
            self._ends[-1][1]
            and len(self._ends) >= self.rules.calls
            and failed >= self.rules.share * len(self._ends)
        ):
            self._open(now, f"{failed} of {len(self._ends)} calls failed, last: {reason}")

    def _open(self, now: float, reason: str) -> None:
        self._turn(now, "open", reason)
        self.open_until = now + min(self.rules.open_first * 2**self.opens, self.rules.open_cap)
        self.opens += 1

    def _turn(self, now: float, state: BreakerState, reason: str) -> None:
        self.state, self.reason, self.since, self.probe = state, reason, now, ""
        self.generation += 1
        self._ends.clear()

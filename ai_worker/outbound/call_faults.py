"""The consequences of a failed call: for every process that calls the endpoint, and for the row."""

import logging
import random
import time
from dataclasses import dataclass

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.errors import (
    CallError,
    DeploymentFault,
    Overloaded,
    QuotaExhausted,
    RateLimited,
)
from ai_worker.outbound.limits.limiter import Limiter, ModelState, Permit
from ai_worker.outbound.limits.returning import comes_again_in

log = logging.getLogger(__name__)

COOLDOWN_SECONDS = 10.0
"""After a 429 that does not say how long."""
QUOTA_SECONDS = 300.0
"""After a quota was found spent, where the server does not say when there is more."""
SHORTEST_SECONDS = 1.0
"""Before a refused row comes again, whatever the server says: some say 0."""
OUTAGE_SECONDS = 5.0
"""Before a row comes again that met an outage, where the breaker does not say more."""
LATELY_SECONDS = 60.0

REPORT_SECONDS = 30.0

_reported: dict[str, float] = {}
_answered: dict[str, float] = {}
"""The moment of each endpoint's last answer to this process."""


def note_answer(endpoint: Endpoint) -> None:
    """The endpoint works."""
    _answered[endpoint.key] = time.monotonic()


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The end of a failed call."""

    limiter: Limiter
    endpoint: Endpoint
    permit: Permit

    def hold_back(self, fault: CallError) -> None:
        """Hold every process back for as long as the fault says, or close the endpoint.

        A row that met a refusal waits as long itself, and not as long as a hold that an operator may lift.
        """
        if isinstance(fault, DeploymentFault):
            self._close(fault)
        elif isinstance(fault, QuotaExhausted):
            hold = self.endpoint.account if fault.of_account else self.endpoint.key
            self._cool_down(hold, fault, QUOTA_SECONDS)
        elif isinstance(fault, RateLimited):
            self._cool_down(self.endpoint.key, fault, COOLDOWN_SECONDS)
        elif isinstance(fault, Overloaded) and fault.retry_after is not None:
            self._cool_down(self.endpoint.key, fault, 0.0)

    def state(self) -> ModelState | None:
        """The endpoint's state after this call has been settled; None where the limits are away."""
        try:
            return self.limiter.availability([self.endpoint], 0.0)[self.endpoint.asked_as]
        except StoreUnavailable:
            return None

    def _cool_down(self, hold: str, fault: CallError, otherwise: float) -> None:
        seconds = otherwise if fault.retry_after is None else fault.retry_after
        held_for = max(seconds, SHORTEST_SECONDS)
        fault.retry_after = comes_again_in(hold, held_for, closed=False)
        log.warning("[%s] every worker waits %.1f s: %s", hold, held_for, fault)
        self.limiter.cool_down(hold, seconds, str(fault), by=self.permit)

    def _close(self, fault: CallError) -> None:
        reason = f"{fault.error_class}: {fault}"
        self.limiter.shut(self.endpoint, reason, by=self.permit)
        state = self.state()
        closed_for = max(state.cooling_for if state else 0.0, SHORTEST_SECONDS)
        fault.retry_after = comes_again_in(self.endpoint.asked_as, closed_for)
        log.log(
            logging.ERROR if _is_news(self.endpoint.asked_as) else logging.DEBUG,
            "[%s] closed, its rows wait; one call tries it again in %.0f s: %s",
            self.endpoint.key,
            closed_for,
            reason,
        )


def attribute(fault: CallError, after: Aftermath) -> None:
    """Say whose attempt a fault was: the row's, or that of an outage.

    Nothing was sent: it costs no attempt, however often. It was sent while the breaker was open or half open:
    the endpoint is known to be away, and the row is not to blame. Otherwise the try counts, so that a row
    that fails while its neighbours succeed, and may be billed each time, ends within its attempts. A server
    that asks for patience bills nothing: unless it answers others meanwhile, its rows wait.
    """
    if not fault.sent or (fault.outage and (after.permit.probe or _is_open(after))):
        fault.uses_attempt = False
        fault.retry_after = _spread(max(fault.retry_after or 0.0, _reopens_in(after)))
    elif fault.outage and (not isinstance(fault, Overloaded) or answers_others(after.endpoint)):
        fault.outage = False


def _is_news(hold: str) -> bool:
    """Return whether this process has not reported the same lately: many calls are under way when one is
    refused.
    """
    now, before = time.monotonic(), _reported.get(hold)
    _reported[hold] = now
    return before is None or now - before > REPORT_SECONDS


def _is_open(after: Aftermath) -> bool:
    state = _flushed(after)
    return state is not None and state.breaker != "closed"


def _reopens_in(after: Aftermath) -> float:
    state = _flushed(after)
    return max(OUTAGE_SECONDS, state.open_for if state else 0.0)


def _flushed(after: Aftermath) -> ModelState | None:
    after.limiter.flush()
    return after.state()


def answers_others(endpoint: Endpoint) -> bool:
    """Return whether the endpoint answered this process lately."""
    latest = _answered.get(endpoint.key)
    return latest is not None and time.monotonic() - latest < LATELY_SECONDS


def _spread(seconds: float) -> float:
    return seconds * random.uniform(1.0, 1.2)

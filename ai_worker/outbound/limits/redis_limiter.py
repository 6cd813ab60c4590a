"""Leave to ask a model, given cluster-wide: limits, cooldown and breaker in one atomic script, one round trip
for many calls.

The promises, and what each rests on:

- Limits are never exceeded in any window, counted at the model server: see `lua/sliding_window.lua`. All
  times are Redis' own.
- A call in flight holds a lease of its deadline and SPARE_SECONDS. So the slot of a killed process frees
  itself, and needs no renewal; a call that ends settles its lease, once, however often the
  settlement arrives.
- Redis away: nothing is granted. After a failure everybody is refused at once for AWAY_SECONDS, then one
  batch tries again.
- Redis flushed or restarted (an append-only file loses the last second): those who knew it before notice, by
  the epoch or by the script having gone, and models with limits rest until what may have been granted before
  no longer counts (why not less: docs/decisions/04-limits-in-lua.md). A first start does not wait, so where
  all memory is lost, a process started since that asks before any older one may once get a limit's worth too
  much. Breakers and cooldowns are learned again.

The scripts derive their keys from one prefix, so this takes one Redis, not Redis Cluster.
"""

import itertools
import json
import logging
import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence

from redis import Redis
from redis.exceptions import RedisError

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.limits.availability import model_state
from ai_worker.outbound.limits.breaker import Rules, verdict_of, why
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.outbound.limits.limiter import ModelState, Permit, not_now, refuse_oversized
from ai_worker.outbound.limits.permit_batch import (
    Note,
    PermitBatch,
    Refusal,
    Reopening,
    Settlement,
    Shutting,
    Want,
    wire_limits,
)
from ai_worker.outbound.limits.returning import comes_again_in
from ai_worker.outbound.limits.script import Script, script_constants
from ai_worker.outbound.limits.sliding_window import SlidingWindow
from ai_worker.outbound.limits.wait_queue import WaitQueue
from ai_worker.stores.batches import PACE_SECONDS, SMALL_BATCH, Batches, NoAnswerError
from ai_worker.stores.last_writes import at_end, forget

log = logging.getLogger(__name__)

PREFIX = "ai_worker:permits:"
SPARE_SECONDS = 5.0
"""The time by which a lease outlasts its call's deadline: from the grant to the call's start, from its end to
the settlement.
"""
ANSWER_SECONDS = 5.0
"""The longest that a caller waits for Redis."""
AWAY_SECONDS = 1.0
CLOSE_SECONDS = 2.0
"""The longest that the end of the process waits for its last settlements; what is not sent, the leases
end.
"""
KNOWN_SECONDS = 3600.0
"""An epoch known from longer ago protects nothing any more: whatever was granted then has ended."""
AWAY = "limits unreachable, and nothing is asked without them"


class RedisLimiter:
    """Gives permits out of Redis, to this process's threads and greenlets.

    Args:
        redis: answers as text (`decode_responses`), with time-outs, without retries:
            `stores.redis.limits_redis()`.
        prefix: of every key.
        window: the window of the limits.
        rules: of the breakers.
        spare: seconds that a lease outlasts its call's deadline.
    """

    def __init__(
        self,
        redis: Redis,
        prefix: str = PREFIX,
        *,
        window: SlidingWindow | None = None,
        rules: Rules | None = None,
        spare: float = SPARE_SECONDS,
    ) -> None:
        self._redis = redis
        self._window = window or SlidingWindow()
        self._spare = spare
        constants = script_constants(prefix, self._window, rules or Rules())
        self._script = Script("permits", constants)
        self._availability_script = Script("availability", constants)
        self._name = secrets.token_hex(6)
        self._numbers = itertools.count()
        self._epoch = ""
        self._answered = 0.0
        self._away_until = 0.0
        self._wait_queue = WaitQueue()
        self._batches: Batches[Want, Note, Permit | Refusal] = Batches(
            self._send, self._unwanted, largest=SMALL_BATCH, pace=PACE_SECONDS, enough=call_slots.half
        )
        at_end(self.close)

    def acquire(self, model: Endpoint, tokens: int = 0, *, patience: float = 0.0) -> Permit:
        """See `Limiter.acquire`."""
        refuse_oversized(model, tokens)
        ends = time.monotonic() + patience
        waited = False
        while True:
            answer = self._ask(model, tokens, waited)
            if isinstance(answer, Permit):
                return answer
            if not answer.by_limit:
                again = comes_again_in(model.asked_as, answer.seconds, closed=answer.closed)
                raise not_now(answer.reason, again)
            if time.monotonic() + answer.seconds > ends:
                raise not_now(answer.reason, answer.seconds)
            longest = ends - time.monotonic()
            if not self._wait_queue.wait(
                model.key, answer.seconds, longest, model.limits.in_flight, again=waited
            ):
                raise not_now(answer.reason, answer.seconds)
            waited = True

    def _ask(self, model: Endpoint, tokens: int, waited: bool) -> Permit | Refusal:
        if time.monotonic() < self._away_until:
            raise not_now(AWAY, AWAY_SECONDS)
        want = Want(f"{self._name}-{os.getpid()}-{next(self._numbers)}", model, tokens, waited)
        # A place that came free is idle until its call leaves, and so is a slot.
        idle = (waited and model.limits.in_flight is not None) or call_slots.any_free()
        try:
            answer = self._batches.ask(want, ANSWER_SECONDS, urgent=idle)
        except (NoAnswerError, RedisError) as fault:
            raise not_now(AWAY, AWAY_SECONDS) from fault
        if isinstance(answer, Permit) and answer.void:
            self.give_back(answer)
            raise not_now(f"{model.key}: the permit came too late to be used", 0.0)
        return answer

    def settle(
        self, permit: Permit, error: BaseException | None = None, *, tokens: int | None = None
    ) -> None:
        """See `Limiter.settle`."""
        self._settle(Settlement(permit, verdict_of(error), tokens, why(error) if error else ""))

    def give_back(self, permit: Permit) -> None:
        """See `Limiter.give_back`."""
        self._settle(Settlement(permit, "unsent", None, ""))

    def _settle(self, settlement: Settlement) -> None:
        permit = settlement.permit
        # Where places are scarce, a greenlet may be waiting for this one, here or in another process.
        self._batches.tell(settlement, urgent=permit.probe or permit.scarce)
        if permit.probe or permit.model.limits.in_flight is not None:
            self._wait_queue.free(permit.model.key)

    def cool_down(self, hold: str, seconds: float, reason: str, by: Permit | None = None) -> None:
        """See `Limiter.cool_down`. Holds everywhere once this returns; or, where Redis is away, once it is
        back.
        """
        self._shut(Shutting(hold, time.monotonic() + seconds, reason, by=by.id if by else ""))

    def shut(self, model: Endpoint, reason: str, by: Permit | None = None) -> None:
        """See `Limiter.shut`."""
        hold = model.holds[-1] if model.holds else model.key
        self._shut(Shutting(hold, time.monotonic(), reason, closes=True, by=by.id if by else ""))

    def reopen(self, key: str) -> None:
        """See `Limiter.reopen`."""
        self._shut(Reopening(key))

    def _shut(self, note: Shutting | Reopening) -> None:
        self._batches.tell(note, urgent=True)
        self._batches.flush(ANSWER_SECONDS if time.monotonic() >= self._away_until else 0.0)

    def availability(self, models: Iterable[Endpoint], seconds: float) -> Mapping[str, ModelState]:
        """See `Limiter.availability`."""
        known = {model.asked_as: model for model in models}
        states = self._availability(list(known.values()), seconds) if known else []
        return dict(zip(known, states, strict=True))

    def states(self) -> list[ModelState]:
        """See `Limiter.states`."""
        return self._availability([], 0.0)

    def _availability(self, models: Sequence[Endpoint], seconds: float) -> list[ModelState]:
        wanted = {
            "keys": [model.key for model in models],
            "limits": [wire_limits(model, self._spare) for model in models],
            "ahead": round(seconds * 1000),
        }
        try:
            answer = self._availability_script.run(self._redis, wanted)
        except RedisError as fault:
            raise StoreUnavailable(f"{AWAY}: {fault}") from fault
        return [model_state(row) for row in json.loads(answer)]

    def flush(self, timeout: float = ANSWER_SECONDS) -> bool:
        """Wait until Redis knows of everything that this process has settled; whether it did in time."""
        return self._batches.flush(timeout)

    def close(self) -> None:
        """See `Limiter.close`."""
        self._batches.close(CLOSE_SECONDS)
        forget(self.close)

    def _send(self, wants: Sequence[Want], notes: Sequence[Note]) -> list[Permit | Refusal]:
        batch = PermitBatch(wants, notes, self._spare, self._window.valid)
        known = self._epoch if time.monotonic() - self._answered < KNOWN_SECONDS else ""
        try:
            answer = self._script.run(self._redis, batch.arguments(known))
        except RedisError as fault:
            if not self._away_until:
                log.warning("[Limits] %s: %s", AWAY, fault)
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise
        if self._away_until:
            log.warning("[Limits] Redis answers again")
            self._away_until = 0.0
        self._epoch, self._answered = answer[0], time.monotonic()
        return batch.answers(answer)

    def _unwanted(self, want: Want, answer: Permit | Refusal) -> None:
        if isinstance(answer, Permit):
            self.give_back(answer)

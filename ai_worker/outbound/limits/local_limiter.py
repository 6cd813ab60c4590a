"""RedisLimiter within one process, for `ai-worker run` without Redis: the same rules as `RedisLimiter`, of
which other processes know nothing.
"""

import itertools
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ai_worker.outbound.endpoint import Endpoint, Limits
from ai_worker.outbound.limits.breaker import Breaker, Rules, verdict_of, why
from ai_worker.outbound.limits.limiter import (
    FIRST_TOKENS,
    Closed,
    ModelState,
    Permit,
    Used,
    not_now,
    refuse_oversized,
)
from ai_worker.outbound.limits.sliding_window import SlidingWindow, WindowUsage
from ai_worker.outbound.limits.wait_queue import WaitQueue, longest_queue

FIRST_TOOK_SECONDS = 1.0


@dataclass(slots=True)
class _Kept:
    """What is known of one model."""

    requests: WindowUsage
    tokens: WindowUsage
    breaker: Breaker
    limits: Limits = field(default_factory=Limits)
    server: str = ""
    in_flight: dict[str, float] = field(default_factory=dict)
    took: float = FIRST_TOOK_SECONDS


@dataclass(frozen=True, slots=True)
class _Refusal:
    at: float
    reason: str
    by_limit: bool = False


class LocalLimiter:
    """Gives permits to this process's threads and greenlets.

    Args:
        window: the window of the limits.
        rules: of the breakers.
    """

    def __init__(self, window: SlidingWindow | None = None, rules: Rules | None = None) -> None:
        self._window = window or SlidingWindow()
        self._rules = rules or Rules()
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._models: dict[str, _Kept] = {}
        self._cooling: dict[str, tuple[float, str]] = {}
        self._wait_queue = WaitQueue()

    def acquire(self, model: Endpoint, tokens: int = 0, *, patience: float = 0.0) -> Permit:
        """See `Limiter.acquire`."""
        refuse_oversized(model, tokens)
        ends = time.monotonic() + patience
        waited = False
        while True:
            with self._lock:
                now = time.monotonic()
                kept = self._kept(model.key)
                kept.limits, kept.server = model.limits, model.server
                refusal = self._refuses(model.key, kept, now, tokens)
                if refusal is None:
                    return self._grant(model, kept, now, tokens)
            if not refusal.by_limit or refusal.at > ends:
                raise not_now(refusal.reason, max(0.0, refusal.at - now))
            if not self._wait_queue.wait(
                model.key, refusal.at - now, ends - now, model.limits.in_flight, again=waited
            ):
                raise not_now(refusal.reason, refusal.at - now)
            waited = True

    def _grant(self, model: Endpoint, kept: _Kept, now: float, tokens: int) -> Permit:
        number = str(next(self._numbers))
        probe = kept.breaker.state != "closed"
        if probe:
            kept.breaker.start_probe(now, number, model.deadline_seconds)
        if model.limits != Limits():
            kept.requests.add(now, 1)
            kept.tokens.add(now, tokens)
        # No lease is needed: the capacity of a process that was killed are gone with it.
        kept.in_flight[number] = now
        return Permit(number, model, tokens, now, kept.breaker.generation, probe, now + self._window.valid)

    def settle(
        self, permit: Permit, error: BaseException | None = None, *, tokens: int | None = None
    ) -> None:
        """See `Limiter.settle`."""
        with self._lock:
            now, kept = time.monotonic(), self._kept(permit.model.key)
            if kept.in_flight.pop(permit.id, None) is None:
                return
            kept.breaker.settle(
                now, permit.id, permit.generation, verdict_of(error), why(error) if error else ""
            )
            kept.took += (now - permit.granted - kept.took) * 0.1
            if tokens is not None and tokens > permit.tokens:
                kept.tokens.add(now, tokens - permit.tokens)
            elif tokens is not None:
                kept.tokens.give_back(permit.granted, permit.tokens - tokens)
        self._wait_queue.free(permit.model.key)

    def give_back(self, permit: Permit) -> None:
        """See `Limiter.give_back`."""
        with self._lock:
            now, kept = time.monotonic(), self._kept(permit.model.key)
            if kept.in_flight.pop(permit.id, None) is None:
                return
            kept.breaker.settle(now, permit.id, permit.generation, "unsent", "")
            kept.requests.give_back(permit.granted, 1)
            kept.tokens.give_back(permit.granted, permit.tokens)
        self._wait_queue.free(permit.model.key)

    def cool_down(self, key: str, seconds: float, reason: str) -> None:
        """See `Limiter.cool_down`."""
        with self._lock:
            ends = time.monotonic() + seconds
            if ends > self._cooling.get(key, (0.0, ""))[0]:
                self._cooling[key] = (ends, reason)

    def availability(self, models: Iterable[Endpoint], seconds: float) -> Mapping[str, ModelState]:
        """See `Limiter.availability`."""
        with self._lock:
            now = time.monotonic()
            for model in models:
                kept = self._kept(model.key)
                kept.limits, kept.server = model.limits, model.server
            return {
                model.key: self._state(model.key, self._kept(model.key), now, seconds) for model in models
            }

    def states(self) -> list[ModelState]:
        """See `Limiter.states`."""
        with self._lock:
            now = time.monotonic()
            return [self._state(key, kept, now, 0.0) for key, kept in self._models.items()]

    def close(self) -> None:
        """Nothing is kept anywhere else."""

    def _kept(self, key: str) -> _Kept:
        if key not in self._models:
            self._models[key] = _Kept(
                WindowUsage(self._window), WindowUsage(self._window), Breaker(self._rules)
            )
        return self._models[key]

    def _cooldown(self, key: str, server: str, now: float) -> tuple[float, str]:
        ends, reason = max(self._cooling.get(name, (0.0, "")) for name in (key, server))
        return (ends, reason) if ends > now else (0.0, "")

    def _refuses(self, key: str, kept: _Kept, now: float, tokens: int) -> _Refusal | None:
        ends, reason = self._cooldown(key, kept.server, now)
        if ends:
            return _Refusal(ends, f"{key}: cooling down: {reason}")
        if refused := kept.breaker.refuses(now):
            return _Refusal(refused[0], f"{key}: {refused[1]}")
        return self._limit_refuses(key, kept, now, tokens)

    def _limit_refuses(self, key: str, kept: _Kept, now: float, tokens: int) -> _Refusal | None:
        limits = kept.limits
        if limits.in_flight is not None and len(kept.in_flight) >= limits.in_flight:
            at = now + kept.took / max(1, limits.in_flight)
            return _Refusal(at, f"{key}: limit of {limits.in_flight} calls in flight reached", by_limit=True)
        if (
            limits.requests_per_minute is not None
            and (used := kept.requests.used(now)) >= limits.requests_per_minute
        ):
            at = kept.requests.frees_at(now, used + 1 - limits.requests_per_minute)
            return _Refusal(
                at, f"{key}: limit of {limits.requests_per_minute} requests per minute reached", by_limit=True
            )
        if (
            limits.tokens_per_minute is not None
            and (used := kept.tokens.used(now)) + tokens > limits.tokens_per_minute
        ):
            at = kept.tokens.frees_at(now, used + tokens - limits.tokens_per_minute)
            return _Refusal(
                at, f"{key}: limit of {limits.tokens_per_minute} tokens per minute reached", by_limit=True
            )
        return None

    def _state(self, key: str, kept: _Kept, now: float, seconds: float) -> ModelState:
        refusal = self._refuses(key, kept, now, 1)
        ends, reason = self._cooldown(key, kept.server, now)
        breaker, used = (
            kept.breaker,
            Used(kept.requests.used(now), kept.tokens.used(now), len(kept.in_flight)),
        )
        since = None if breaker.since is None else datetime.now(UTC) - timedelta(seconds=now - breaker.since)
        return ModelState(
            key=key,
            breaker=breaker.state,
            breaker_reason=breaker.reason,
            breaker_since=since,
            open_for=max(0.0, breaker.open_until - now) if breaker.state == "open" else 0.0,
            cooling_for=max(0.0, ends - now),
            cooling_reason=reason,
            limits=kept.limits,
            used=used,
            capacity=_capacity(kept, used, refusal, now + seconds, seconds),
            closed=Closed(max(0.0, refusal.at - now), refusal.reason) if refusal else None,
        )


def _capacity(kept: _Kept, used: Used, refusal: _Refusal | None, until: float, seconds: float) -> int | None:
    """How many calls may start within the next seconds; None: no limit."""
    if refusal and not refusal.by_limit and (refusal.at > until or kept.breaker.state == "half_open"):
        return 0
    if kept.breaker.state != "closed":
        return 1
    limits, capacity = kept.limits, []
    if limits.requests_per_minute is not None:
        capacity.append(limits.requests_per_minute - used.requests + kept.requests.freed_until(until))
    if limits.tokens_per_minute is not None:
        free = limits.tokens_per_minute - used.tokens + kept.tokens.freed_until(until)
        mean = used.tokens / max(1, used.requests) if used.tokens else FIRST_TOKENS
        capacity.append(int(free / mean))
    if limits.in_flight is not None:
        capacity.append(
            limits.in_flight - used.in_flight + (longest_queue(limits.in_flight) if seconds else 0)
        )
    return max(0, min(capacity)) if capacity else None

"""One row from claim to outcome: what every item task does, whatever the pipeline."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from ai_worker.engine.contract.pipeline import Outcome, Pipeline
from ai_worker.engine.contract.row import Address, Claim, Result, RowId
from ai_worker.engine.worker.leases import Leases
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.errors import StoreUnavailable, WorkError
from ai_worker.settings import settings

log = logging.getLogger(__name__)
Value = TypeVar("Value")

PAUSE_MAX = 2.0


class InternalError(WorkError):
    """A fault of our own code; the traceback is in the log, the row is tried again within its attempts."""

    error_class = "internal_error"
    retry = True


@lru_cache(maxsize=1)
def leases() -> Leases:
    """The leases of this process."""
    return Leases(settings().lease_seconds)


Later = Callable[[float], None]


def _nobody(seconds: float) -> None:
    """Nobody wants to know."""


def work(
    pipeline: Pipeline, address: Address, row_id: RowId, token: str, later: Later = _nobody
) -> tuple[Claim, Outcome] | None:
    """Claim a row, ask, and write the outcome.

    Args:
        later: told where the row was given back, after how many seconds it is due again.

    Returns:
        The claim and its outcome; None when the row was no longer ours to claim: somebody else works it, or
        has.

    Raises:
        StoreUnavailable: the store was away for longer than the reservation, or than the lease.
    """
    source = pipeline.source
    claim = persistently(
        lambda: source.claim(address, row_id, token, leases().seconds), settings().reserve_seconds
    )
    if claim is None:
        log.debug("%s %s: not ours any more", pipeline.name, row_id)
        return None
    with leases().hold(source, claim):
        outcome = _attempt(pipeline, claim, later)
    pipeline.on_outcome(claim, outcome)
    return claim, outcome


def _attempt(pipeline: Pipeline, claim: Claim, later: Later) -> Outcome:
    source = pipeline.source
    try:
        answered = pipeline.work(claim)
    except WorkError as error:
        return _settle_failure(pipeline, claim, error, later)
    except Exception as fault:
        log.exception("[ERROR] %s %s", pipeline.name, claim.row_id)
        return _settle_failure(
            pipeline, claim, InternalError(f"{type(fault).__name__} (see the worker's log)"), later
        )
    result = answered if isinstance(answered, Result) else Result(answered)
    written = persistently(lambda: source.finish(claim, result.fields, result.also), leases().seconds)
    return Outcome.FINISHED if written else _taken_over(pipeline, claim)


def _settle_failure(pipeline: Pipeline, claim: Claim, error: WorkError, later: Later) -> Outcome:
    source = pipeline.source
    seconds = RetryPolicy.of(pipeline.task).next_try(error, claim.attempts, claim.age_seconds)
    if seconds is None:
        log.error("[ERROR] %s %s: %s: %s", pipeline.name, claim.row_id, error.error_class, error)
        written = persistently(lambda: source.fail(claim, error), leases().seconds)
        return Outcome.FAILED if written else _taken_over(pipeline, claim)
    log.info("%s %s: %s, again in %.1f s: %s", pipeline.name, claim.row_id, error.error_class, seconds, error)
    written = persistently(lambda: source.give_back(claim, error, seconds), leases().seconds)
    if not written:
        return _taken_over(pipeline, claim)
    later(seconds)
    return Outcome.LATER


def _taken_over(pipeline: Pipeline, claim: Claim) -> Outcome:
    log.warning("%s %s: taken over by another worker, answer dropped", pipeline.name, claim.row_id)
    return Outcome.TAKEN_OVER


def persistently(step: Callable[[], Value], seconds: float) -> Value:
    """Do a step against a store, again while the store is away, so that an outage costs waiting and not
    answers.

    Args:
        seconds: how long the step is worth repeating.

    Raises:
        StoreUnavailable: the store was away for longer.
    """
    give_up = time.monotonic() + seconds
    pause = 0.1
    while True:
        try:
            return step()
        except StoreUnavailable as fault:
            if time.monotonic() + pause > give_up:
                raise
            log.warning("%s; again in %.1f s", fault, pause)
            time.sleep(pause)
            pause = min(PAUSE_MAX, pause * 2)

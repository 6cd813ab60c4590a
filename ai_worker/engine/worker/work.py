"""One row from claim to outcome: what every item task does, whatever the pipeline."""

import logging
from collections.abc import Callable
from functools import lru_cache

from ai_worker.engine.contract.pipeline import Kind, Outcome
from ai_worker.engine.contract.row import Address, Claim, Result, RowId
from ai_worker.engine.counting import count_outcome
from ai_worker.engine.tracing import working
from ai_worker.engine.worker import group_watch, outbox
from ai_worker.engine.worker.holding import held, persistently
from ai_worker.engine.worker.leases import Leases
from ai_worker.engine.worker.retry import RetryPolicy
from ai_worker.errors import NotStorable, StoreUnavailable, WorkError
from ai_worker.observe.traces import Step, step
from ai_worker.settings import settings
from ai_worker.stores.outage_log import outage

log = logging.getLogger(__name__)

Ended = tuple[Outcome, str]
"""End of an attempt, with the error class where it failed."""


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
    """The default: rows given back need no attention."""


def work(
    kind: Kind, address: Address, row_id: RowId, token: str, later: Later = _nobody
) -> tuple[Claim, Outcome] | None:
    """Claim a row, ask, and write the outcome.

    Args:
        later: called when the row was given back, after how many seconds it is due again.

    Returns:
        The claim and its outcome; None when the row was no longer ours to claim: another worker has it, or
        has.

    Raises:
        StoreUnavailable: the store was away for longer than the reservation, or than the lease.
    """
    with working(kind.task, address, row_id, token) as traced:
        return _work(kind, address, row_id, token, later, traced)


def _work(
    kind: Kind, address: Address, row_id: RowId, token: str, later: Later, traced: Step
) -> tuple[Claim, Outcome] | None:
    source = kind.source
    with step("claim"):
        claim = persistently(
            lambda: source.claim(address, row_id, token, leases().seconds), settings().reserve_seconds
        )
    if claim is None:
        log.debug("%s %s: not ours any more", kind.task, row_id)
        traced.note(ai_worker__outcome="not_ours")
        return None
    with leases().hold(source, claim):
        outcome, error_class = _attempt(kind, claim, later)
    count_outcome(kind.pipeline, kind.name, outcome.value, error_class)
    traced.note(
        ai_worker__outcome=outcome.value, ai_worker__attempt=claim.attempts + 1, error__type=error_class
    )
    group_watch.watch(kind, claim, outcome, last=not leases().held())
    try:
        kind.on_outcome(claim, outcome)
    except Exception as fault:
        # The outcome stands in the store: whatever follows it here may not undo or hide that.
        if not isinstance(fault, StoreUnavailable):
            log.exception("[ERROR] %s on_outcome failed; the outcome stands", kind.named(claim))
        else:
            outage(log, fault, f"{kind.task} {claim.row_id} is {outcome.value}, what follows it is left out")
    return claim, outcome


def _attempt(kind: Kind, claim: Claim, later: Later) -> Ended:
    try:
        worked = kind.work(claim)
    except WorkError as error:
        return _settle_failure(kind, claim, error, later)
    except Exception as fault:
        log.exception("[ERROR] %s a fault of ours", kind.named(claim))
        internal = InternalError(f"{type(fault).__name__} (see the worker's log)")
        return _settle_failure(kind, claim, internal, later)
    return _settle_result(kind, claim, worked if isinstance(worked, Result) else Result(worked), later)


def _settle_result(kind: Kind, claim: Claim, result: Result, later: Later) -> Ended:
    source = kind.source
    try:
        with step("write"):
            written = held(lambda: source.finish(claim, result.fields, result.also, result.effects))
    except NotStorable as error:
        return _settle_failure(kind, claim, error, later)
    except StoreUnavailable:
        raise
    except Exception as fault:
        # Without an outcome the row would count as that of a worker that vanished.
        log.exception("[ERROR] %s the result cannot be written", kind.named(claim))
        internal = InternalError(f"{type(fault).__name__} (see the worker's log)")
        return _settle_failure(kind, claim, internal, later)
    if not written:
        return _taken_over(kind, claim)
    outbox.follow(kind, claim, result.effects)
    return Outcome.FINISHED, ""


def _settle_failure(kind: Kind, claim: Claim, error: WorkError, later: Later) -> Ended:
    source = kind.source
    seconds = RetryPolicy.of(kind.task).next_try(error, claim.attempts, claim.age_seconds)
    if seconds is None:
        log.error("[ERROR] %s %s: %s", kind.named(claim), error.error_class, error)
        written = _written(lambda: source.fail(claim, error), error)
        return (Outcome.FAILED, error.error_class) if written else _taken_over(kind, claim)
    log.info("%s %s, again in %.1f s: %s", kind.named(claim), error.error_class, seconds, error)
    written = _written(lambda: source.give_back(claim, error, seconds), error)
    if not written:
        return _taken_over(kind, claim)
    later(seconds)
    return Outcome.LATER, error.error_class


def _written(write: Callable[[], bool], error: WorkError) -> bool:
    """Write a failure; without the columns beside it if the store refuses these, then without its text."""
    with step("write"):
        try:
            return held(write)
        except NotStorable:
            error.record.clear()
        try:
            return held(write)
        except NotStorable:
            # An error column of another program's table may be short or of another character set.
            error.args = (error.error_class,)
            return held(write)


def _taken_over(kind: Kind, claim: Claim) -> Ended:
    log.warning("%s taken over by another worker, answer dropped", kind.named(claim))
    return Outcome.TAKEN_OVER, ""

"""One call to a provider, by leave of budget and limiter: its place and its money are given back and its
outcome told, whatever happens.
"""

import json
import logging
import time

from ai_worker.errors import WorkError
from ai_worker.llm.model import Model
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting import budget
from ai_worker.outbound.accounting.budget import Reservation
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, DeadlineExceeded, QuotaExhausted, RateLimited
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import Permit, not_now
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Usage

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""That a call waits for a place here, rather than in the database, where one is expected so soon."""
COOLDOWN_SECONDS = 10.0
"""After a 429 that does not say how long."""
QUOTA_SECONDS = 300.0
"""After an account's quota was found spent, where the provider does not say when there is more."""
EXPECTED_OUTPUT_TOKENS = 256
"""On top of as many as the question has, where the request sets no bound."""


def call(
    model: Model, request: Request, provider: Provider, context: CallContext, recorder: RequestRecorder
) -> Reply:
    """Ask once.

    A spent limit that the provider announces, by a 429 or in a header, holds every process back from all its
    models.

    Args:
        recorder: told of the request and its end.

    Raises:
        NotNow: a limit is reached, the provider cools down, the breaker is open, the limits cannot be
            reached, the budget is spent.
        StoreUnavailable: the budget's ledger cannot be reached.
        CallError: there is no usable answer; `usage` is what it is charged for all the same.
    """
    expected = expected_usage(model, request)
    charge, permit = _leave(model, expected, request, context, recorder)
    started = time.monotonic()
    used: Usage | None = None
    try:
        try:
            recorder.sent(_text(request))
            reply = provider.call(model, request)
        finally:
            call_slots.leave()
    except CallError as fault:
        counted = fault.usage.input + fault.usage.output
        limiter().settle(permit, fault, tokens=counted or None)
        if isinstance(fault, (RateLimited, QuotaExhausted)):
            _cool_down(model, fault)
        if isinstance(fault, DeadlineExceeded) and not counted:
            # Nobody says what it cost. The question was read, and providers charge for that.
            fault.usage = Usage(expected.input)
        used = fault.usage
        recorder.ended(time.monotonic() - started, used, fault)
        raise
    except BaseException as fault:
        limiter().settle(permit, fault)
        recorder.ended(time.monotonic() - started, None, fault)
        raise
    else:
        used = reply.usage
        limiter().settle(permit, tokens=used.input + used.output)
        recorder.ended(time.monotonic() - started, used)
    finally:
        budget.settle(charge, model, expected, used or Usage())
    if reply.hold:
        limiter().cool_down(model.server, reply.hold, "its headers announce a spent limit")
    return reply


def expected_usage(model: Model, request: Request) -> Usage:
    """How many tokens the call is expected to use at the most."""
    question = estimate(request.prompt) + estimate(request.system or "")
    question += sum(estimate(str(value)) for value in (request.variables or {}).values())
    bound = request.max_output_tokens or model.max_output_tokens
    return Usage(question, bound if bound is not None else question + EXPECTED_OUTPUT_TOKENS)


def _leave(
    model: Model, expected: Usage, request: Request, context: CallContext, recorder: RequestRecorder
) -> tuple[Reservation | None, Permit]:
    """Money first, then a permit: it must be used at once, and the ledger may take its time. Then a seat, the
    next that comes free.
    """
    charge = None
    try:
        charge = budget.set_aside(model, expected, context)
        return charge, _seated(model, expected.input + expected.output)
    except BaseException as fault:
        budget.release(charge)
        if isinstance(fault, WorkError):
            recorder.refused(fault, _text(request))
        raise


def _seated(model: Model, tokens: int) -> Permit:
    """A permit, and a seat to use it at."""
    permit = limiter().acquire(model, tokens, patience=PATIENCE_SECONDS)
    try:
        call_slots.take(model.limits.in_flight)
    except BaseException:
        limiter().give_back(permit)
        raise
    if permit.void:
        # Calls take longer than they did. Whatever has become of the row meanwhile, a pause or a cancel, is
        # found out in its database.
        call_slots.leave()
        limiter().give_back(permit)
        raise not_now("no call ended for a while, so there was no room for this one", 0.0)
    return permit


def _cool_down(model: Model, fault: RateLimited | QuotaExhausted) -> None:
    if fault.retry_after is None:
        fault.retry_after = QUOTA_SECONDS if isinstance(fault, QuotaExhausted) else COOLDOWN_SECONDS
    log.warning("[%s] every worker waits %.1f s: %s", model.server, fault.retry_after, fault)
    limiter().cool_down(model.server, fault.retry_after, str(fault))


def _text(request: Request) -> str:
    """What leaves of a request, as one text."""
    parts = [request.system, request.prompt]
    if request.variables is not None:
        parts.append(json.dumps(request.variables, ensure_ascii=False, sort_keys=True, default=str))
    return "\n\n".join(part for part in parts if part)

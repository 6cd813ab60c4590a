"""One call to any endpoint, with everything around it: money, permit, slot, request log, cooldown, closing.

A model is one kind of endpoint (`llm/attempt.py`); `requesting.py` calls the others. The bytes are the
business of `send`; what its end means for the endpoint, for budgets and for the row is decided here.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ai_worker.errors import WorkError
from ai_worker.observe.traces import step
from ai_worker.outbound.accounting import budget
from ai_worker.outbound.accounting.budget import Reservation
from ai_worker.outbound.call_faults import Aftermath, attribute, note_answer
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.errors import CallError, LocalShortage
from ai_worker.outbound.limits.call_slots import call_slots
from ai_worker.outbound.limits.current import limiter
from ai_worker.outbound.limits.limiter import Permit, not_now
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Usage

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""The time that a call waits for a place here, rather than in the database, where one is expected so soon."""
NOTHING = Usage()

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Received(Generic[Value]):
    """The result of a call.

    Args:
        usage: as the server counted it; None where it does not say.
        estimated: what it comes to by our own count, for a server that does not say.
        hold: seconds before which its headers ask for no further call.
    """

    value: Value
    usage: Usage | None = NOTHING
    estimated: Usage = NOTHING
    hold: float | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request that is about to leave.

    Args:
        expected: the tokens that it is expected to take, which are reserved.
        text: for the request log.
        sentence: the log line of its leaving; empty: none.
    """

    expected: Usage = NOTHING
    text: str = ""
    sentence: str = ""


def attempt(
    endpoint: Endpoint,
    context: CallContext,
    leaving: Leaving,
    send: Callable[[], Received[Value]],
    recorder: RequestRecorder | None = None,
) -> tuple[Value, Usage]:
    """Call once.

    A spent limit that the server announces, by a 429 or in a header, holds every process back; a fault of the
    deployment closes the endpoint for every process.

    Args:
        send: makes the call within the endpoint's deadline; raises CallError.
        recorder: notified of the request and its end.

    Returns:
        What came back, and the usage that it is charged for.

    Raises:
        NotNow: a limit is reached, the endpoint cools down or is closed, its breaker is open, the limits
            cannot be reached, the budget is spent.
        StoreUnavailable: the budget's ledger cannot be reached.
        CallError: there is no usable answer; `usage` is what it is charged for all the same.
    """
    recorder = recorder or RequestRecorder(endpoint, context)
    charge, permit = _leave(endpoint, context, leaving, recorder)
    started = time.monotonic()
    used: Usage | None = None
    try:
        try:
            recorder.sent(leaving.text)
            if leaving.sentence:
                log.info("%s", leaving.sentence)
            received = _traced(endpoint, send)
        finally:
            call_slots.leave()
    except CallError as fault:
        used = _failed(fault, endpoint, permit, leaving.expected)
        recorder.ended(time.monotonic() - started, used, fault)
        _disallow(context, fault)
        raise
    except BaseException as fault:
        # The call may be billed: its budget keeps what was expected.
        used = leaving.expected
        limiter().settle(permit, fault)
        recorder.ended(time.monotonic() - started, None, fault)
        _disallow(context, fault)
        raise
    else:
        used = received.usage or received.estimated
        limiter().settle(permit, tokens=received.usage.total if received.usage else None)
        note_answer(endpoint)
        recorder.ended(time.monotonic() - started, used)
    finally:
        budget.settle(charge, endpoint, used or NOTHING)
    if received.hold:
        limiter().cool_down(endpoint.key, received.hold, "its headers announce a spent limit")
    return received.value, used


def _traced(endpoint: Endpoint, send: Callable[[], Received[Value]]) -> Received[Value]:
    with step(f"call {endpoint.provider}/{endpoint.name}", leaves=True) as traced:
        traced.note(gen_ai__provider__name=endpoint.provider, gen_ai__request__model=endpoint.name)
        received = send()
        if used := received.usage:
            traced.note(gen_ai__usage__input_tokens=used.input, gen_ai__usage__output_tokens=used.output)
        return received


def _leave(
    endpoint: Endpoint, context: CallContext, leaving: Leaving, recorder: RequestRecorder
) -> tuple[Reservation | None, Permit]:
    """Money first, then a permit: it must be used at once, and the ledger may take its time. Then a slot, the
    next that comes free.
    """
    charge = None
    try:
        charge = budget.set_aside(endpoint, leaving.expected, context, urgent=call_slots.any_free())
        permit = _slotted(endpoint, leaving.expected.input, leaving.expected.total)
        _allow(context, permit)
        return charge, permit
    except BaseException as fault:
        budget.release(charge)
        if isinstance(fault, WorkError):
            recorder.refused(fault, leaving.text)
        raise


def _allow(context: CallContext, permit: Permit) -> None:
    """Let the context's owner count the call, or keep it here."""
    if context.before_call is None:
        return
    try:
        context.before_call()
    except BaseException:
        call_slots.leave()
        limiter().give_back(permit)
        raise


def _disallow(context: CallContext, fault: BaseException) -> None:
    """Let the context's owner uncount a call of which nothing has left."""
    unsent = isinstance(fault, LocalShortage) or (isinstance(fault, CallError) and not fault.sent)
    if unsent and context.not_sent is not None:
        context.not_sent()


def _slotted(endpoint: Endpoint, question: int, tokens: int) -> Permit:
    """A permit, and a slot to use it in."""
    most = endpoint.limits.tokens_per_minute
    # An answer that may be longer than what is left of a minute leaves alone, in place of never.
    asked = tokens if most is None else max(question, min(tokens, most))
    permit = limiter().acquire(endpoint, asked, patience=PATIENCE_SECONDS)
    try:
        call_slots.take(endpoint.limits.in_flight)
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


def _failed(fault: CallError, endpoint: Endpoint, permit: Permit, expected: Usage) -> Usage:
    """Draw every consequence of a failed call but its own record; the usage that it is charged for."""
    counted = fault.usage
    if counted is None:
        fault.usage = expected if fault.sent and fault.may_be_billed else NOTHING
    after = Aftermath(limiter(), endpoint, permit)
    after.hold_back(fault)
    tokens = 0 if not fault.sent else counted.total if counted else None
    limiter().settle(permit, fault, tokens=tokens)
    attribute(fault, after)
    return fault.usage or NOTHING

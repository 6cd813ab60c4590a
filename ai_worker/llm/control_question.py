"""A small question of our own that tells whose fault a rejection is, where the server does not.

A 400 in unknown words may mean one text, or all of them: a gateway's new rule, a setting of the model. Where
the model answered others lately, the text is at fault, and its row ends. Else the model is asked a question
that no rule can forbid. Where that is accepted, the row ends, too. Where it is rejected as well, the
deployment is at fault: the model is closed with that reason, and its rows wait without an attempt.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from ai_worker.errors import NotNow, StoreUnavailable, WorkError
from ai_worker.llm.adaptation import adapting
from ai_worker.llm.errors import FieldRefused, Refused, Truncated
from ai_worker.llm.model import Model
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting.expectation import FIRST
from ai_worker.outbound.call import Leaving, Received, attempt
from ai_worker.outbound.call_faults import answers_others, note_answer
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, DeploymentFault, RejectsAll, RequestRejected
from ai_worker.outbound.usage import Usage

PROMPT = "Answer with the one word yes."
SYSTEM = "Answer briefly."
_ACCEPTED = (BadAnswer, Truncated, Refused)
"""Unusable answers are answers."""

_asking: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_latest: dict[str, "_Verdict"] = {}
"""The verdict of each model's latest question of our own, by `Endpoint.asked_as`."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The fate of the rows that were rejected before a question of our own ended.

    Args:
        ended: its end, by the monotonic clock.
        retry, uses_attempt, retry_after: as of `WorkError`.
        of_all: whether it is that of the model; a spent budget or a pause of the task on whose behalf it was
            to be asked says nothing of the rows of others.
    """

    ended: float
    retry: bool
    uses_attempt: bool = True
    retry_after: float | None = None
    of_all: bool = True


def attribute_rejection(
    fault: RequestRejected, model: Model, request: Request, provider: Provider, context: CallContext
) -> None:
    """Say whose fault an unexplained rejection is, by its `retry` and `uses_attempt`.

    The row's: it is not tried again. The deployment's: it waits without an attempt, as all rows of the model
    do. Not known, since the model cannot be asked now: it is tried again within its attempts.
    """
    rejected = time.monotonic()
    control = Request(PROMPT, system=SYSTEM if request.system else None)
    with _asking[model.asked_as]:
        if answers_others(model):
            return
        verdict = _latest.get(model.asked_as)
        # One question serves all rows that are rejected before it ends, whatever comes of it: one after the
        # other would hold them all for as long as the server takes to fail each time.
        if verdict is None or verdict.ended < rejected or not verdict.of_all:
            verdict = _latest[model.asked_as] = _asked(model, lambda: _ask(model, control, provider, context))
    fault.retry, fault.uses_attempt, fault.retry_after = (
        verdict.retry,
        verdict.uses_attempt,
        verdict.retry_after,
    )


def _asked(model: Model, ask: Callable[[], None]) -> _Verdict:
    try:
        adapting(model, ask)
    except (DeploymentFault, NotNow) as closed:
        return _Verdict(
            time.monotonic(),
            retry=True,
            uses_attempt=False,
            retry_after=closed.retry_after,
            of_all=isinstance(closed, DeploymentFault),
        )
    except _ACCEPTED:
        note_answer(model)
    except WorkError as fault:
        return _Verdict(time.monotonic(), retry=True, of_all=isinstance(fault, CallError | StoreUnavailable))
    return _Verdict(time.monotonic(), retry=False)


def _ask(model: Model, question: Request, provider: Provider, context: CallContext) -> None:
    def send() -> Received[Reply]:
        try:
            reply = provider.call(model, question)
        except FieldRefused:
            raise
        except RequestRejected as rejected:
            raise RejectsAll(str(rejected)) from None
        return Received(reply, reply.usage, expected, reply.hold)

    expected = Usage(estimate(question.prompt) + estimate(question.system or ""), FIRST)
    said = f"[{provider.title}] a question of our own tells whose fault a rejection is"
    attempt(model, context, Leaving(expected, question.prompt, f"{said} ({context.pipeline})"), send)

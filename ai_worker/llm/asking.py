"""The one door to every model: whatever leaves for one goes through `ask`.

The steps around a question stand below one another: filled, held to its length, hidden, asked, put back.
Those around each of its calls (budget, permit, history) are in `calling.py`. Log lines name the stage and
sizes, never what was asked or answered.
"""

import logging
import time
from dataclasses import replace

from ai_worker.errors import WorkError
from ai_worker.llm.attempt import call
from ai_worker.llm.model import Model
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.redaction.question import hide
from ai_worker.llm.request import Answer, Reply, Request
from ai_worker.llm.structured.repair import ask_structured
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, RequestRejected
from ai_worker.outbound.records.request_log import RequestRecorder

log = logging.getLogger(__name__)


def ask(model: Model, request: Request, context: CallContext) -> Answer:
    """Asks a model and returns its usable answer.

    Args:
        model: whom to ask.
        request: what; with `schema` or `json_schema` the answer's `data` is set and fits it.
        context: on whose behalf.

    Raises:
        BadRequest: a placeholder of the prompt is malformed or unknown.
        NotNow: it may not be asked at the moment: a limit, a cooldown, an open breaker, a spent budget
            (`BudgetSpent`).
        CallError: there is no usable answer; the class says what to do.

    What the question took, whether answered or not, is added to the caller's `spending`.
    """
    provider = PROVIDERS[model.provider]
    started = time.monotonic()
    recorder = RequestRecorder(model, context)
    try:
        question = _filled(request, provider)
        _hold_to_length(question, model)
        answered = _hidden if context.redact else _answered
        reply, data = answered(model, question, provider, context, recorder)
    except WorkError as fault:
        _note_failure(fault, recorder)
        log.warning(
            "[%s] no answer after %.1f s (%s): %s: %s",
            provider.title,
            _since(started),
            _row(context),
            fault.error_class,
            fault,
        )
        raise
    latency = _since(started)
    log.debug(
        "[%s] answer received: %d characters after %.1f s (%s)",
        provider.title,
        len(reply.text),
        latency,
        _row(context),
    )
    return Answer(reply.text, reply.body, reply.usage, model.name, latency, data, recorder.cost)


def _note_failure(fault: WorkError, recorder: RequestRecorder) -> None:
    if not recorder.noted:
        recorder.refused(fault)
    if isinstance(fault, CallError):
        # A redaction mismatch, or fields that do not fit: the call itself had its answer.
        recorder.unusable(fault.error_class)


def _hidden(
    model: Model, question: Request, provider: Provider, context: CallContext, recorder: RequestRecorder
) -> tuple[Reply, object]:
    """The answer to a question that leaves without personal data. The reply's body stays as the provider sent
    it.
    """
    hidden = hide(question)
    reply, data = _answered(model, hidden.request, provider, context, recorder)
    try:
        if data is not None:
            return reply, hidden.restore_data(data)
        return replace(reply, text=hidden.restore(reply.text)), None
    except CallError as mismatch:
        mismatch.usage = reply.usage
        raise


def _answered(
    model: Model, question: Request, provider: Provider, context: CallContext, recorder: RequestRecorder
) -> tuple[Reply, object]:
    def once(asked: Request) -> Reply:
        # Asked a second time, it was an answer that did not fit.
        recorder.unusable(BadAnswer.error_class)
        log.info("[%s] prompt sent: %d characters (%s)", provider.title, _length(asked), _row(context))
        return call(model, asked, provider, context, recorder)

    if question.schema is None and question.json_schema is None:
        return once(question), None
    return ask_structured(once, question)


def _filled(request: Request, provider: Provider) -> Request:
    """The request as the provider wants it: its template filled, unless the server does that; checked either
    way.
    """
    if request.variables is None:
        return request
    prompt = fill(request.prompt, request.variables)
    return request if provider.sends_template else replace(request, prompt=prompt, variables=None)


def _hold_to_length(question: Request, model: Model) -> None:
    if model.max_input_tokens is None:
        return
    tokens = estimate(question.prompt) + estimate(question.system or "")
    tokens += sum(estimate(turn.content) for turn in question.turns)
    tokens += sum(estimate(str(value)) for value in (question.variables or {}).values())
    if tokens > model.max_input_tokens:
        raise RequestRejected(
            f"the text is too long: about {tokens} tokens, {model.name} takes {model.max_input_tokens}"
        )


def _length(question: Request) -> int:
    return (
        len(question.prompt)
        + len(question.system or "")
        + sum(len(turn.content) for turn in question.turns)
        + sum(len(str(value)) for value in (question.variables or {}).values())
    )


def _row(context: CallContext) -> str:
    return f"{context.pipeline} {context.row}"


def _since(started: float) -> float:
    return time.monotonic() - started

"""The one way to every model: whatever leaves for one goes through `ask`.

The steps around a question stand below one another: filled, held to its length, hidden, asked, put back,
checked. Those around each of its calls (budget, permit, request log) are those of every outbound call. Log
lines name the stage and sizes, never what was asked or answered.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from ai_worker.errors import NotNow, WorkError
from ai_worker.llm.adaptation import STOP_FIELDS, adapted
from ai_worker.llm.attempt import call_adapted
from ai_worker.llm.errors import EmptyAnswer, RedactionMismatch, Truncated
from ai_worker.llm.model import Model
from ai_worker.llm.prompt_template import fill
from ai_worker.llm.providers import PROVIDERS
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.reasoning import split_reasoning
from ai_worker.llm.request import Answer, Reply, Request
from ai_worker.llm.structured.once_more import once_more
from ai_worker.llm.structured.repair import ask_structured, asked_again, reread
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.closing import refuse_unconfigured
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import BadAnswer, CallError, RequestRejected
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Usage

if TYPE_CHECKING:
    from ai_worker.llm.redaction.question import HiddenQuestion

log = logging.getLogger(__name__)


def ask(model: Model, request: Request, context: CallContext) -> Answer:
    """Ask a model and return its usable answer.

    Args:
        model: the model to ask.
        request: the question; with `schema` or `json_schema` the answer's `data` is set and fits it.
        context: the row on whose behalf.

    Raises:
        BadRequest: a placeholder of the prompt is malformed or unknown.
        NotNow: it may not be asked at the moment: a limit, a cooldown, an open breaker, a closed model, a
            spent budget (`BudgetSpent`).
        CallError: there is no usable answer; the class says what to do.

    What the question took, whether answered or not, is added to the caller's `spending`.
    """
    if model.fault:
        refuse_unconfigured(model, model.fault)
    provider = PROVIDERS[model.provider]
    started = time.monotonic()
    recorder = RequestRecorder(model, context)
    try:
        question = _filled(request, provider)
        _hold_to_length(question, model)
        hidden = _hidden(question) if context.redact else None
        asking = _Asking(model, provider, context, recorder, hidden)
        reply, data = asking.answer(hidden.request if hidden else question)
    except WorkError as fault:
        _note_failure(fault, recorder)
        # A row that waits for a limit is reported by the engine, with its time.
        log.log(
            logging.DEBUG if isinstance(fault, NotNow) else logging.WARNING,
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
    used = reply.usage or Usage()
    return Answer(
        reply.text, reply.body, used, model.name, latency, data, recorder.cost, reasoning=reply.reasoning
    )


def _hidden(question: Request) -> "HiddenQuestion":
    # Its recognisers take 0.15 s to import, and half of all processes need none.
    from ai_worker.llm.redaction.question import hide  # noqa: PLC0415

    return hide(question)


def _note_failure(fault: WorkError, recorder: RequestRecorder) -> None:
    if not recorder.noted:
        recorder.refused(fault)
    if isinstance(fault, CallError):
        # A redaction mismatch, or fields that do not fit: the call itself had its answer.
        recorder.unusable(fault.error_class)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question on its way through its calls.

    Args:
        hidden: the question without personal data; None where it leaves as it is.
    """

    model: Model
    provider: Provider
    context: CallContext
    recorder: RequestRecorder
    hidden: "HiddenQuestion | None"

    def answer(self, question: Request) -> tuple[Reply, Any]:
        """The usable answer, its data put back. The reply's body stays as the provider sent it."""
        if question.schema is None and question.json_schema is None:
            return self._text(question), None
        calls = count()

        def once(asked: Request) -> Reply:
            next(calls)
            return self.once(asked)

        first, data = ask_structured(once, question)
        try:
            return first, self._restored(first, data)
        except RedactionMismatch as fault:
            if next(calls) > 1:
                # Its schema took the second try.
                raise
            unusable = fault
        second, data = reread(self._again(question, first, unusable), question)
        return second, self._restored(second, data)

    def _again(self, question: Request, first: Reply, unusable: BadAnswer) -> Reply:
        """The second answer, with the usage of both."""
        again = asked_again(question, first.text, unusable.problem or str(unusable))
        second = once_more(lambda: self.once(again), unusable)
        return replace(second, usage=(first.usage or Usage()) + (second.usage or Usage()))

    def _restored(self, reply: Reply, data: Any) -> Any:
        try:
            return self.hidden.restore_data(data) if self.hidden else data
        except CallError as mismatch:
            mismatch.usage = reply.usage
            raise

    def _text(self, question: Request) -> Reply:
        """The text; where it is not usable, asked once more with what is wrong with it."""
        first = self.once(question)
        try:
            return self._checked(first, question)
        except BadAnswer as fault:
            unusable = fault
        return self._checked(self._again(question, first, unusable), question)

    def _checked(self, reply: Reply, question: Request) -> Reply:
        try:
            if self.hidden and (restored := self.hidden.restore(reply.text)) != reply.text:
                reply = replace(reply, text=restored)
            if question.verify:
                question.verify(reply.text)
        except CallError as fault:
            fault.usage = reply.usage
            raise
        return reply

    def once(self, question: Request) -> Reply:
        """One answer without its reasoning, whatever the server's form and the answer's length take."""
        # Asked a second time, it was an answer that did not fit.
        self.recorder.unusable(BadAnswer.error_class)
        try:
            reply = self._adapted(question)
        except Truncated as cut:
            longer = _with_more_room(question, self.model)
            if longer is None:
                raise
            reply = once_more(lambda: self._adapted(longer), cut)
            reply = replace(reply, usage=(cut.usage or Usage()) + (reply.usage or Usage()))
        reply = _without_reasoning(reply, question.must_return or "")
        if question.stop and adapted(self.model).omitted & STOP_FIELDS:
            return _stopped(reply, question.stop)
        return reply

    def _adapted(self, question: Request) -> Reply:
        return call_adapted(self.model, question, self.provider, self.context, self.recorder)


def _with_more_room(question: Request, model: Model) -> Request | None:
    """The question with a bound twice as large; None where none was set, or the model has no more."""
    bound = question.max_output_tokens
    if bound is None or (model.max_output_tokens is not None and bound >= model.max_output_tokens):
        return None
    return replace(question, max_output_tokens=min(bound * 2, model.max_output_tokens or bound * 2))


def _without_reasoning(reply: Reply, own: str) -> Reply:
    split = split_reasoning(reply.text, own)
    if not split.reasoning and split.answer == reply.text:
        return reply
    if not split.answer or not split.answer.strip():
        raise EmptyAnswer("the answer holds reasoning and nothing else", usage=reply.usage)
    reasoning = "\n".join(part for part in (reply.reasoning, split.reasoning) if part)
    return replace(reply, text=split.answer, reasoning=reasoning)


def _stopped(reply: Reply, stop: Sequence[str]) -> Reply:
    """The reply up to the first of the sequences that were to end it."""
    ends = [place for sequence in stop if sequence and (place := reply.text.find(sequence)) >= 0]
    if not ends:
        return reply
    if not (text := reply.text[: min(ends)]).strip():
        raise EmptyAnswer("the answer holds nothing before its stop sequence", usage=reply.usage)
    return replace(reply, text=text)


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


def _row(context: CallContext) -> str:
    return f"{context.pipeline} {context.row}"


def _since(started: float) -> float:
    return time.monotonic() - started

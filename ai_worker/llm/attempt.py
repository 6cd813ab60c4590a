"""One call to a provider: the steps of every outbound call, with a question's expected tokens."""

import hashlib
import json
from dataclasses import replace
from functools import lru_cache

from ai_worker.llm.adaptation import adapting
from ai_worker.llm.control_question import attribute_rejection
from ai_worker.llm.model import Model
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.accounting.expectation import expectation
from ai_worker.outbound.call import Leaving, Received, attempt
from ai_worker.outbound.closing import refuse_unconfigured
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, RequestRejected
from ai_worker.outbound.records.request_log import RequestRecorder
from ai_worker.outbound.usage import Usage


def call_adapted(
    model: Model, request: Request, provider: Provider, context: CallContext, recorder: RequestRecorder
) -> Reply:
    """Ask; a field that the server refuses is left off, and the question asked once more.

    Raises:
        NotNow, StoreUnavailable, CallError: as `call`.
    """
    return adapting(model, lambda: call(model, request, provider, context, recorder))


def call(
    model: Model, request: Request, provider: Provider, context: CallContext, recorder: RequestRecorder
) -> Reply:
    """Ask once.

    Args:
        recorder: notified of the request and its end.

    Returns:
        The reply; its usage is what it is charged for, estimated where the provider does not say.

    Raises:
        NotNow, StoreUnavailable: as `outbound.call.attempt`.
        CallError: there is no usable answer; `usage` is what it is charged for all the same.
    """
    if model.fault:
        refuse_unconfigured(model, model.fault)
    kind = kind_of_work(model, request, context)
    expected = expected_usage(model, request, kind)

    def send() -> Received[Reply]:
        try:
            reply = provider.call(model, request)
        except CallError as fault:
            if fault.usage is not None:
                expectation.learn(kind, fault.usage.input, fault.usage.output)
            raise
        # No text comes of no token: a server that counts 0 for one does not count.
        counted = reply.usage if reply.usage is not None and reply.usage.output else None
        if counted is not None:
            expectation.learn(kind, expected.input, counted.output)
        answered = estimate(reply.text) + estimate(reply.reasoning)
        return Received(reply, counted, Usage(expected.input, answered), reply.hold)

    leaving = Leaving(expected, _text(request), _sentence(request, provider, context))
    try:
        reply, used = attempt(model, context, leaving, send, recorder)
    except RequestRejected as fault:
        if fault.unexplained:
            attribute_rejection(fault, model, request, provider, context)
        raise
    return reply if used is reply.usage else replace(reply, usage=used)


def expected_usage(model: Model, request: Request, kind: str = "") -> Usage:
    """The tokens that the call is expected to use: what it asks, and what calls of its kind were answered."""
    question = estimate(request.prompt) + estimate(request.system or "")
    question += sum(estimate(turn.content) for turn in request.turns)
    question += sum(estimate(str(value)) for value in (request.variables or {}).values())
    bound = request.max_output_tokens or model.max_output_tokens
    return Usage(question, expectation.output(kind or model.key, question, bound))


def kind_of_work(model: Model, request: Request, context: CallContext) -> str:
    """Calls whose answers are alike in length: of one model, pipeline, and prompt."""
    template = request.prompt if request.variables is not None else ""
    schema = f"{request.schema}\0{request.json_schema is not None}"
    return f"{model.key} {context.pipeline} {_digest(request.system, template, schema)}"


@lru_cache(maxsize=64)
def _digest(*parts: str | None) -> str:
    same = "\0".join(map(str, parts))
    return hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _sentence(request: Request, provider: Provider, context: CallContext) -> str:
    length = len(request.prompt) + len(request.system or "")
    length += sum(len(turn.content) for turn in request.turns)
    length += sum(len(str(value)) for value in (request.variables or {}).values())
    return f"[{provider.title}] prompt sent: {length} characters ({context.pipeline} {context.row})"


def _text(request: Request) -> str:
    """A request as one text, as it leaves."""
    parts = [request.system, request.prompt]
    if request.variables is not None:
        parts.append(json.dumps(request.variables, ensure_ascii=False, sort_keys=True, default=str))
    return "\n\n".join(part for part in parts if part)

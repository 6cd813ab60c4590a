"""One call to a provider, by leave of the gate: its place is given back and its outcome told, whatever happens."""

import logging

from ai_worker.llm.errors import ModelError, QuotaExhausted, RateLimited
from ai_worker.llm.gate import gate
from ai_worker.llm.model import Model
from ai_worker.llm.providers.provider import Provider
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""That a call waits for a place here, rather than in the database, where one is expected so soon."""
COOLDOWN_SECONDS = 10.0
"""After a 429 that does not say how long."""
QUOTA_SECONDS = 300.0
"""After an account's quota was found spent, where the provider does not say when there is more."""
EXPECTED_OUTPUT_TOKENS = 256
"""On top of as many as the question has, where the request sets no bound."""


def call(model: Model, request: Request, provider: Provider) -> Reply:
    """Ask once.

    A spent limit that the provider announces, by a 429 or in a header, holds every process back from all its models.

    Raises:
        NotNow: a limit is reached, the provider cools down, the breaker is open, or the limits cannot be reached.
        ModelError: there is no usable answer.
    """
    permit = gate().acquire(model, expected_tokens(model, request), patience=PATIENCE_SECONDS)
    try:
        reply = provider.call(model, request)
    except ModelError as fault:
        used = fault.usage.input + fault.usage.output
        gate().settle(permit, fault, tokens=used or None)
        if isinstance(fault, (RateLimited, QuotaExhausted)):
            _cool_down(model, fault)
        raise
    except BaseException as fault:
        gate().settle(permit, fault)
        raise
    gate().settle(permit, tokens=reply.usage.input + reply.usage.output)
    if reply.hold:
        gate().cool_down(model.provider, reply.hold, "its headers announce a spent limit")
    return reply


def expected_tokens(model: Model, request: Request) -> int:
    """How many tokens the call is expected to use at the most, question and answer together."""
    question = estimate(request.prompt) + estimate(request.system or "")
    question += sum(estimate(str(value)) for value in (request.variables or {}).values())
    bound = request.max_output_tokens or model.max_output_tokens
    return question + (bound if bound is not None else question + EXPECTED_OUTPUT_TOKENS)


def _cool_down(model: Model, fault: RateLimited | QuotaExhausted) -> None:
    if fault.retry_after is None:
        fault.retry_after = QUOTA_SECONDS if isinstance(fault, QuotaExhausted) else COOLDOWN_SECONDS
    log.warning("[%s] every worker waits %.1f s: %s", model.provider, fault.retry_after, fault)
    gate().cool_down(model.provider, fault.retry_after, str(fault))

"""The one way to a picture: asked for, asked for once more in softer words after a refusal, then drawn.

A refusal is no outage: it is not repeated as it stands, and the breaker hears nothing of it. A picture that
may have been paid for and did not arrive is worth one repeat, which the row's attempts bound, and not a day
of them.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from ai_worker.errors import ConfigurationError
from ai_worker.llm.attempt import call_adapted
from ai_worker.llm.errors import Refused
from ai_worker.llm.images.fitting import fitted
from ai_worker.llm.images.gemini import GeminiImages
from ai_worker.llm.images.openai import OpenAiImages
from ai_worker.llm.images.picture import Picture, PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.llm.images.provider import ImageProvider, Painted
from ai_worker.llm.model import Model
from ai_worker.llm.request import Reply, Request
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.errors import CallError, DeadlineExceeded
from ai_worker.outbound.records.request_log import RequestRecorder

log = logging.getLogger(__name__)

SHORTEST_DEADLINE = 300.0
"""Seconds: half of the pictures of some models take longer than 100."""
SOFTENED = (
    "A calm, friendly illustration for all ages, without violence, nudity, weapons, brands or real people. "
    "Keep only what is harmless of this idea: "
)
PROVIDERS: dict[str, Callable[[int, int], ImageProvider]] = {"gemini": GeminiImages, "openai": OpenAiImages}
"""A further provider is one file beside these and one entry here. `placeholder` is none: it asks no model."""


class PictureTimeout(CallError):
    """The picture did not arrive in time; it may have been paid for, so the row's attempts count."""

    error_class = "picture_timeout"
    retry = True


def paint(model: Model | None, request: PictureRequest, context: CallContext) -> Picture:
    """Paint a picture.

    Args:
        model: None draws a placeholder.
        context: its `before_call` is called before each call that leaves, repeats included.

    Raises:
        NotNow: the model may not be asked at the moment.
        CallError: there is no picture; refusals excepted, which end in a placeholder.
    """
    if model is None:
        return placeholder(request, "no image model is set")
    try:
        return _painted(model, request, context)
    except Refused as refusal:
        log.info("[Image] %s %s: %s; asked once more in softer words", context.pipeline, context.row, refusal)
    try:
        return _painted(model, replace(request, prompt=SOFTENED + request.prompt), context)
    except Refused as refusal:
        log.warning("[Image] %s %s: %s; a placeholder is drawn", context.pipeline, context.row, refusal)
        return placeholder(request, "refused")


def _painted(model: Model, request: PictureRequest, context: CallContext) -> Picture:
    recorder = RequestRecorder(model, context)
    provider = _provider(model, request)
    patient = replace(model, deadline_seconds=max(SHORTEST_DEADLINE, model.deadline_seconds))
    reply = _asked(patient, request, provider, context, recorder)
    if not isinstance(reply.body, Painted):
        raise TypeError("an image provider's reply carries no picture")
    try:
        content, content_type = fitted(reply.body.content, request.width, request.height)
    except CallError as fault:
        fault.usage = reply.usage
        recorder.unusable(fault.error_class)
        raise
    return Picture(content, content_type, request.width, request.height, model=model.name, cost=recorder.cost)


def _asked(
    model: Model,
    request: PictureRequest,
    provider: ImageProvider,
    context: CallContext,
    recorder: RequestRecorder,
) -> Reply:
    try:
        return call_adapted(model, Request(prompt=request.prompt), provider, context, recorder)
    except DeadlineExceeded as late:
        raise PictureTimeout(str(late), usage=late.usage) from None


def _provider(model: Model, request: PictureRequest) -> ImageProvider:
    make = PROVIDERS.get(model.provider)
    if make is None:
        raise ConfigurationError(
            f"the provider {model.provider} of {model.name} paints no pictures; "
            f"known: {', '.join(PROVIDERS)}, placeholder"
        )
    return make(request.width, request.height)

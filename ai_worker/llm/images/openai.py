"""OpenAI's image generation, and every compatible server: `POST {base}/images/generations`."""

from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import Refused
from ai_worker.llm.images.provider import painted_reply
from ai_worker.llm.model import Model
from ai_worker.llm.providers.openai import key_headers, service_url
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.providers.wire.usage_fields import believed, chat_usage, number
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.errors import BadAnswer, RequestRejected
from ai_worker.outbound.usage import Usage

_MODERATED = ("moderation_blocked", "content_policy_violation")
_WIDE, _HIGH = 1.2, 1 / 1.2


class OpenAiImages:
    """Pictures of one size.

    Args:
        width, height: decide the shape that is asked for.
    """

    title = "OpenAI images"
    sends_template = False

    def __init__(self, width: int, height: int) -> None:
        self._size = nearest_size(width, height)

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `ImageProvider`. No `response_format`: the models of today refuse it and always send
        base64.
        """
        body = {"model": model.name, "prompt": request.prompt, "n": 1, "size": self._size}
        url = service_url(model, "/images/generations")
        try:
            exchanged = exchange(url, key_headers(model), tailored(body, model), model, request)
        except RequestRejected as fault:
            if any(word in str(fault) for word in _MODERATED):
                raise Refused(str(fault), usage=fault.usage) from None
            raise
        answered = exchanged.body if isinstance(exchanged.body, Mapping) else {}
        usage = _usage(answered.get("usage"), request.prompt)
        return painted_reply(_picture(answered, usage), usage, exchanged.hold, request.prompt)


def nearest_size(width: int, height: int) -> str:
    """The size, among those that every GPT image model knows, whose shape is nearest."""
    ratio = width / height
    return "1536x1024" if ratio > _WIDE else "1024x1536" if ratio < _HIGH else "1024x1024"


def _picture(answered: Mapping[str, Any], usage: Usage | None) -> object:
    data = answered.get("data")
    pictures = [entry for entry in data if isinstance(entry, Mapping)] if isinstance(data, list) else []
    encoded = [entry["b64_json"] for entry in pictures if entry.get("b64_json")]
    if encoded:
        return encoded[-1]
    if any(entry.get("url") for entry in pictures):
        raise BadAnswer(
            "the server sent an address in place of the picture; choose a model that sends b64_json",
            usage=usage,
        )
    raise BadAnswer("the answer holds no picture", usage=usage)


def _usage(counted: object, prompt: str) -> Usage | None:
    """The usage; of a server that counts the picture alone with an estimate of the prompt."""
    drawn = number(counted.get("output_tokens")) if isinstance(counted, Mapping) else None
    return chat_usage(counted) or (believed(Usage(estimate(prompt), drawn)) if drawn else None)

"""The contract of every image provider, and what a reply of one carries."""

import base64
import binascii
from dataclasses import dataclass
from typing import Protocol

from ai_worker.llm.model import Model
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.tokens import estimate
from ai_worker.outbound.errors import BadAnswer
from ai_worker.outbound.usage import Usage

PICTURE_TOKENS = 1290
"""Of a picture of a megapixel, as Gemini counts it; OpenAI's of medium quality have 1056 to 1584."""


class ImageProvider(Protocol):
    """One way of asking a model for a picture over HTTP: a provider of questions whose reply carries a
    picture.

    Its `call` raises Refused for a refusal in any of the provider's forms, BadAnswer for an answer without a
    picture that gives no reason, and the other classes of CallError as text providers do.
    """

    @property
    def title(self) -> str:
        """Its name in log lines."""
        ...

    @property
    def sends_template(self) -> bool:
        """False: prompts are filled before they leave."""
        ...

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once. The reply's `body` is a `Painted`."""
        ...


@dataclass(frozen=True, slots=True)
class Painted:
    """The file that a provider sent, of whatever size."""

    content: bytes


def painted_reply(encoded: object, usage: Usage | None, hold: float | None, prompt: str) -> Reply:
    """The reply that carries a picture; where the server does not count it, it is taken for one of the usual
    size, since its few words are no measure of what it costs.

    Args:
        encoded: the file in base64.

    Raises:
        BadAnswer: it is not.
    """
    try:
        content = base64.b64decode(encoded, validate=True) if isinstance(encoded, str) else b""
    except (binascii.Error, ValueError):
        content = b""
    if not content:
        raise BadAnswer("the picture is not valid base64", usage=usage)
    if usage is None or not usage.output:
        usage = Usage(estimate(prompt), PICTURE_TOKENS)
    return Reply(f"[a picture of {len(content)} bytes]", Painted(content), usage, hold)

"""Gemini's `generateContent` with the image modality.

A refusal comes with HTTP 200 in four forms: the prompt is blocked, the output is blocked, there is no picture
for a reason of its own, or there is text where the picture should be.
https://ai.google.dev/gemini-api/docs/image-generation
"""

import math
from collections.abc import Mapping
from typing import Any

from ai_worker.llm.errors import Refused, Truncated
from ai_worker.llm.images.provider import painted_reply
from ai_worker.llm.model import Model
from ai_worker.llm.providers.gemini import content_url, key_headers, safety
from ai_worker.llm.providers.tailoring import tailored
from ai_worker.llm.providers.wire.exchange import exchange
from ai_worker.llm.providers.wire.usage_fields import gemini_usage
from ai_worker.llm.request import Reply, Request
from ai_worker.outbound.errors import BadAnswer
from ai_worker.outbound.usage import Usage

RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9")
_BLOCKED = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"}
_BLOCKED_PICTURE = {"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"}
_NO_PICTURE = {"NO_IMAGE", "IMAGE_OTHER", "OTHER", "LANGUAGE"}
_REFUSALS = _BLOCKED | _BLOCKED_PICTURE | _NO_PICTURE


class GeminiImages:
    """Pictures of one size.

    Args:
        width, height: decide the aspect ratio that is asked for.
    """

    title = "Gemini images"
    sends_template = False

    def __init__(self, width: int, height: int) -> None:
        self._ratio = nearest_ratio(width, height)

    def call(self, model: Model, request: Request) -> Reply:
        """Ask once; see `ImageProvider`."""
        body: dict[str, Any] = {
            "contents": [{"role": "user", "parts": [{"text": request.prompt}]}],
            "generationConfig": {
                "responseModalities": ["TEXT", "IMAGE"],
                "imageConfig": {"aspectRatio": self._ratio},
            },
        }
        body = tailored(body | safety(model), model)
        exchanged = exchange(content_url(model, stream=False), key_headers(model), body, model, request)
        answered = exchanged.body if isinstance(exchanged.body, Mapping) else {}
        usage = gemini_usage(answered.get("usageMetadata"))
        return painted_reply(_picture(answered, usage), usage, exchanged.hold, request.prompt)


def nearest_ratio(width: int, height: int) -> str:
    """The offered aspect ratio that loses the least when the picture is cut to size."""
    wanted = math.log(width / height)

    def distance(ratio: str) -> float:
        wide, _, high = ratio.partition(":")
        return abs(math.log(int(wide) / int(high)) - wanted)

    return min(RATIOS, key=distance)


def _picture(answered: Mapping[str, Any], usage: Usage | None) -> object:
    """The last picture among the parts: models that think show drafts before it, and flag any of them as a
    thought.
    """
    feedback = answered.get("promptFeedback")
    if isinstance(feedback, Mapping) and feedback.get("blockReason"):
        raise Refused(f"the image model refused the prompt ({feedback['blockReason']})", usage=usage)
    candidates = answered.get("candidates")
    candidate = (
        candidates[0]
        if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping)
        else {}
    )
    parts = _parts(candidate.get("content"))
    pictures = [data["data"] for part in parts if (data := _inline(part)).get("data")]
    if pictures:
        return pictures[-1]
    reason = candidate.get("finishReason")
    if reason in _REFUSALS:
        raise Refused(f"the image model refused ({reason})", usage=usage)
    if reason == "MAX_TOKENS":
        raise Truncated("the picture was cut off by the length limit", usage=usage)
    if any(part.get("text") for part in parts):
        raise Refused("the image model answered with text in place of a picture", usage=usage)
    raise BadAnswer(f"the answer holds no picture (finish reason {reason})", usage=usage)


def _parts(content: object) -> list[Mapping[str, Any]]:
    parts = content.get("parts") if isinstance(content, Mapping) else None
    return [part for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []


def _inline(part: Mapping[str, Any]) -> Mapping[str, Any]:
    data = part.get("inlineData") or part.get("inline_data")
    return data if isinstance(data, Mapping) else {}

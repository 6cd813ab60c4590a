"""One JSON exchange with a provider: posted, read, and turned into a body or a failure. What differs per
provider stays in its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ai_worker.llm.model import Model
from ai_worker.llm.providers.failures import error_in, failure
from ai_worker.llm.providers.waiting import spent_limit
from ai_worker.llm.request import Request
from ai_worker.outbound.errors import BadAnswer, CallError, Unreachable
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.response import Response


@dataclass(frozen=True, slots=True)
class Exchange:
    """A successful exchange: the JSON body, and `Reply.hold`."""

    body: Any
    hold: float | None


def exchange(
    url: str, headers: Mapping[str, str], body: Mapping[str, Any], model: Model, request: Request
) -> Exchange:
    """Asks and returns the body of a success.

    Raises:
        CallError: transport or provider failed, or a success carries an error or no JSON.
    """
    response = post(url, body, headers, model.deadline_seconds)
    if not 200 <= response.status < 300:
        raise _failure(response, _json_or_none(response.content), model, request)
    answered = _json(response)
    if isinstance(answered, Mapping) and answered.get("error"):
        raise _failure(response, {"error": error_in(answered)}, model, request)
    return Exchange(answered, spent_limit(response.headers))


def _failure(response: Response, body: Any, model: Model, request: Request) -> CallError:
    keys = [model.api_key.get_secret_value()]
    texts = [
        request.prompt,
        request.system or "",
        *(str(value) for value in (request.variables or {}).values()),
    ]
    return failure(response.status, response.headers, body, keys=keys, texts=texts)


def _json_or_none(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _json(response: Response) -> Any:
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        if not response.framed:
            raise Unreachable("the answer broke off: half a JSON body of no announced length") from None
        raise BadAnswer(f"the answer is not JSON ({len(response.content)} bytes)") from None

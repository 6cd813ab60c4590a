"""One JSON exchange with a provider: posted, read, and turned into a body or a failure. What differs per
provider stays in its file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from ai_worker.llm.model import Model, Structured
from ai_worker.llm.providers.wire.event_stream import BYTE_ORDER_MARK, streamed_body
from ai_worker.llm.providers.wire.failures import error_in, failure, words_of
from ai_worker.llm.providers.wire.refused_fields import refused_field
from ai_worker.llm.providers.wire.waiting import spent_limit
from ai_worker.llm.request import Request
from ai_worker.llm.structured.objects import parsed
from ai_worker.outbound.errors import (
    BadAnswer,
    CallError,
    Misdirected,
    RequestRejected,
    ServerFault,
    Unreachable,
)
from ai_worker.outbound.http.client import post
from ai_worker.outbound.http.response import Response


@dataclass(frozen=True, slots=True)
class Exchange:
    """A successful exchange: the JSON body, and `Reply.hold`."""

    body: Any
    hold: float | None


def exchange(
    url: str,
    headers: Mapping[str, str],
    body: Mapping[str, Any],
    model: Model,
    request: Request,
    mode: Structured | None = None,
    *,
    stream: bool = False,
) -> Exchange:
    """Ask and return the body of a success.

    Args:
        mode: how the body holds the answer to a schema; None: not at all.
        stream: whether the answer is asked for as a stream, which may not be silent for long.

    Raises:
        CallError: transport or provider failed, or a success carries an error or no JSON.
    """
    dialect = model.dialect
    response = post(
        url,
        body,
        {**headers, **dialect.headers} if dialect.headers else headers,
        model.deadline_seconds,
        transport=dialect.transport,
        idle=dialect.idle_seconds if stream else None,
    )
    if not 200 <= response.status < 300:
        answered = _json_or_none(response.content)
        fault = _failure(response, answered, model, request)
        if isinstance(fault, RequestRejected | ServerFault):
            # Some servers answer 500 to a field that they do not know.
            raise refused_field(fault, words_of(answered, response.content), body, mode)
        raise fault
    answered = _json(response)
    first = answered[0] if isinstance(answered, list) and answered else answered
    if isinstance(first, Mapping) and first.get("error"):
        raise _failure(response, {"error": error_in(first)}, model, request)
    return Exchange(answered, spent_limit(response.headers))


def _failure(response: Response, body: Any, model: Model, request: Request) -> CallError:
    keys = [model.api_key.get_secret_value(), *model.dialect.headers.values()]
    texts = [
        request.prompt,
        request.system or "",
        *(turn.content for turn in request.turns),
        *(str(value) for value in (request.variables or {}).values()),
    ]
    return failure(response.status, response.headers, body, keys=keys, texts=texts)


def _json_or_none(content: bytes) -> Any:
    try:
        return _loaded(content)
    except (ValueError, RecursionError):
        return None


def _loaded(content: bytes) -> Any:
    """The value of a JSON text; halves of characters in it are replaced, as in all that is stored.

    Raises:
        ValueError, RecursionError: it is none.
    """
    content = content.removeprefix(BYTE_ORDER_MARK)
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return parsed(content.decode("utf-8", "replace"))


def _json(response: Response) -> Any:
    # Whatever was asked for: some gateways stream all the same.
    if _type_of(response).startswith("text/event-stream"):
        return streamed_body(response.content)
    try:
        return _loaded(response.content)
    except (ValueError, RecursionError):
        if not response.framed:
            raise Unreachable("the answer broke off: half a JSON body of no announced length") from None
        if _is_page(response):
            # A login before a gateway, or an address that leads elsewhere: no fault of the row.
            raise Misdirected("the answer is a web page, not JSON; correct the base URL") from None
        raise BadAnswer(f"the answer is not JSON ({len(response.content)} bytes)") from None


def _is_page(response: Response) -> bool:
    return _type_of(response).startswith("text/html") and response.content.lstrip()[:1] == b"<"


def _type_of(response: Response) -> str:
    return response.headers.get("content-type", "").lower()

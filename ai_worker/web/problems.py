"""Errors as problem JSON: `{"error": "not_found", "detail": "there is no task 7"}`, by RFC 9457 with `error`
as its extension.

`error` is a word for programs, `detail` a sentence for people. A detail never tells where a store is, what a
key was or what was sent.
"""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from kombu.exceptions import OperationalError as BrokerError
from pydantic import BaseModel
from pymysql import OperationalError as MySQLError
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from ai_worker.errors import BadRequest, ConfigurationError, Conflict, NotFound, StoreUnavailable, WorkError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
AGAIN_SECONDS = 5

_WORDS = {
    400: "bad_request",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "too_many_requests",
}
_STATUSES = ((NotFound, 404), (Conflict, 409))


class Problem(BaseModel):
    """The fault of a request."""

    error: str
    detail: str


def problem(status: int, error: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error as a response."""
    body = Problem(error=error, detail=detail).model_dump()
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def install(application: FastAPI) -> None:
    """Have every exception answered as a problem."""
    for kind in (
        HTTPException,
        RequestValidationError,
        WorkError,
        RedisError,
        BrokerError,
        MySQLError,
        Exception,
    ):
        application.add_exception_handler(kind, _answer)


def _invalid(request: Request, fault: RequestValidationError) -> str:
    """The faults of a request, each with its place."""
    json = "json" in request.headers.get("content-type", "").lower()
    if not json and any(item["loc"] == ("body",) for item in fault.errors()):
        # Then it was read as a text, and the message of pydantic is no help.
        return "body: it is not sent as JSON; send the header Content-Type: application/json"
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in fault.errors())


def _answer(request: Request, fault: Exception) -> JSONResponse:
    match fault:
        case HTTPException():
            word = _WORDS.get(fault.status_code, f"http_{fault.status_code}")
            return problem(fault.status_code, word, str(fault.detail), fault.headers)
        case RequestValidationError():
            return problem(422, "invalid", _invalid(request, fault))
        case BadRequest():
            status = next((status for kind, status in _STATUSES if isinstance(fault, kind)), 422)
            return problem(status, fault.error_class, str(fault))
        case StoreUnavailable() | RedisError() | BrokerError() | MySQLError():
            log.warning("answered 503: %s: %s", type(fault).__name__, fault)
            detail = "a store or the broker does not answer; ask again in a moment"
            return problem(503, "store_unavailable", detail, {"Retry-After": str(AGAIN_SECONDS)})
        case ConfigurationError():
            log.error("answered 503: %s", fault)
            return problem(
                503, fault.error_class, "a setting of the server is missing or wrong; its log says which"
            )
    return problem(500, "internal_error", "a fault of the server; its log says more")

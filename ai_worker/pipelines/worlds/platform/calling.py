"""One HTTP exchange with the platform, and what its failure says about the outcome.

Nothing is repeated or followed here: the platform's gateway does so already, and a repeated POST may create a
second record. A job makes four exchanges, so they go by urllib3 itself: `requests` above it takes three times
the CPU of an exchange.
"""

import json as _json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import certifi
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
)

from ai_worker.pipelines.worlds.platform.errors import (
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    Unavailable,
)

CONNECT_SECONDS = 5
POOL_SIZE = 100
_SHOWN = 200
_NEVER_CONNECTED = (ConnectTimeoutError, NewConnectionError, NameResolutionError, LocationValueError)

Response = urllib3.BaseHTTPResponse


@lru_cache(maxsize=1)
def _connections_of(process: int) -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=10, maxsize=POOL_SIZE, retries=False, ca_certs=certifi.where())


def connections() -> urllib3.PoolManager:
    """The connections of this process; a forked child makes its own."""
    return _connections_of(os.getpid())


def exchange(
    method: str,
    url: str,
    seconds: float,
    *,
    json: Any = None,
    data: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send one request and return the response of a success.

    Args:
        seconds: that connection and each part of the answer may take.

    Raises:
        NotSent: there was no connection.
        OutcomeUnknown: the request may have been carried out.
        PlatformError: the platform refused it; `body` is its answer.
    """
    where = url.partition("?")[0]
    told = dict(headers or {})
    if json is not None:
        data = _json.dumps(json, allow_nan=False).encode()
        told.setdefault("Content-Type", "application/json")
    if not url.startswith(("http://", "https://")):
        raise NotSent(f"{method} {where}: no connection (it is no address like http://host/path)")
    try:
        response = connections().request(
            method,
            url,
            body=data,
            headers=told,
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds),
            redirect=False,
        )
    except _NEVER_CONNECTED as fault:
        raise NotSent(f"{method} {where}: no connection ({type(fault).__name__})") from None
    except ProtocolError:
        raise OutcomeUnknown(f"{method} {where}: the connection broke before the answer") from None
    except HTTPError as fault:
        raise OutcomeUnknown(f"{method} {where}: no whole answer ({type(fault).__name__})") from None
    if response.status >= 300:
        raise failure(method, where, response)
    return response


def failure(method: str, where: str, response: Response) -> PlatformError:
    """The failure that an answer means. A gateway's 500 and 504 say nothing about the service behind it."""
    said = body_of(response)
    status = response.status
    message = f"{method} {where}: {status} {_sentence(said)}".rstrip()
    if status in (401, 403):
        return NotAllowed(f"{message}; check PLATFORM_TOKEN", body=said)
    if status in (429, 503):
        return Unavailable(message, retry_after=_retry_after(response), body=said)
    if status >= 500 or status == 408:
        return OutcomeUnknown(message, body=said)
    return Rejected(message, body=said, status=status)


def body_of(response: Response) -> Any:
    """The JSON of a response, else its text."""
    try:
        return _json.loads(response.data)
    except ValueError:
        return response.data.decode("utf-8", "replace")


def _sentence(said: Any) -> str:
    if isinstance(said, Mapping):
        found = said.get("message") or said.get("error") or ""
        return str(found)[:_SHOWN]
    return str(said).strip()[:_SHOWN]


def _retry_after(response: Response) -> float | None:
    told = response.headers.get("retry-after", "")
    return float(told) if told.isdecimal() else None

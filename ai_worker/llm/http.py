"""JSON over HTTP to a model.

Nothing is retried or followed here: whether to try again is the engine's decision, and a redirect would carry the key to another
host. Proxies of the environment are not used.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPException, HTTPResponse, IncompleteRead, InvalidURL
from typing import Any
from urllib.parse import urlsplit

import orjson

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.llm.connections import Server, connections
from ai_worker.llm.deadline import deadline
from ai_worker.llm.errors import BadAnswer, Unreachable

RESPONSE_LIMIT = 10 * 1024 * 1024
"""Bytes of an answer; a longer one is refused unread."""

_CHUNK = 64 * 1024
_HEADERS = {"Content-Type": "application/json", "User-Agent": "ai-worker"}


@dataclass(frozen=True, slots=True)
class Response:
    """What came back, whole.

    Args:
        headers: by lower-case name.
        framed: whether the length was announced, so that a cut-off body would have been noticed.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    framed: bool


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> Response:
    """Posts JSON and reads the whole response, whatever its status.

    Args:
        seconds: from now to the last byte, connecting included.

    Raises:
        DeadlineExceeded: the response was not whole in time.
        Unreachable: no connection, or it broke.
        BadAnswer: the response is longer than `RESPONSE_LIMIT`.
        BadRequest: the body cannot be written as JSON.
        ConfigurationError: the address or the key is not one that HTTP can carry.
    """
    content = _encoded(body)
    with deadline(seconds):
        # The faults' own messages may hold the whole URL or a header; their kind says enough.
        try:
            return _exchange(url, content, headers, seconds)
        except (HTTPException, OSError) as fault:
            raise Unreachable(f"no answer from {_host(url)}: {_kind(fault)}") from None


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as fault:
        raise BadRequest(f"the request cannot be written as JSON: {fault}") from None


def _exchange(url: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Response:
    server, path = _target(url)
    connection = connections().take(server, seconds)
    try:
        try:
            connection.post(path, content, {**headers, **_HEADERS}, seconds + 5)
        except (ValueError, InvalidURL):
            raise ConfigurationError("the model's base URL or its key holds characters that HTTP cannot carry; correct it") from None
        response = connection.getresponse()
        content = _read(response)
    except BaseException:
        connection.close()
        raise
    connections().keep(server, connection)
    names = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status, names, content, "content-length" in names or "transfer-encoding" in names)


@lru_cache(maxsize=256)
def _target(url: str) -> tuple[Server, str]:
    try:
        parts = urlsplit(url)
        server = Server(parts.scheme, parts.hostname or "", parts.port)
    except ValueError:
        server = Server("", "", None)
    if server.scheme not in ("http", "https") or not server.host:
        raise ConfigurationError("the model's base URL is not an address like https://host/path; correct it")
    return server, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _read(response: HTTPResponse) -> bytes:
    parts: list[bytes] = []
    length = 0
    while part := response.read(_CHUNK):
        length += len(part)
        if length > RESPONSE_LIMIT:
            raise BadAnswer(f"the answer is longer than {RESPONSE_LIMIT} bytes")
        parts.append(part)
    if response.length:
        raise IncompleteRead(b"", response.length)
    return b"".join(parts)


def _host(url: str) -> str:
    server = _target(url)[0]
    return f"{server.host}:{server.port}" if server.port else server.host


def _kind(fault: Exception) -> str:
    number = f" ({os.strerror(fault.errno)})" if isinstance(fault, OSError) and fault.errno and fault.errno > 0 else ""
    return f"{type(fault).__name__}{number}"

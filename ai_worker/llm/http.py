"""JSON over HTTP to a model, with urllib3 directly: this is the hot path, and `requests` costs three times the CPU.

One pool per process keeps connections alive. Nothing is retried or followed here: whether to try again is the engine's decision,
and a redirect would carry the key to another host. Proxies of the environment are not used.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.llm.deadline import deadline, guard
from ai_worker.llm.errors import BadAnswer, Unreachable

RESPONSE_LIMIT = 10 * 1024 * 1024
"""Bytes of an answer; a longer one is refused unread."""

_CONNECT_SECONDS = 10.0
_CHUNK = 64 * 1024
_CONNECTIONS = 1024
"""Idle connections kept per host, above the greenlets of one worker."""


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
            return _exchange(url, content, {**headers, "Content-Type": "application/json"}, seconds)
        except ValueError:
            raise ConfigurationError("the model's base URL or its key holds characters that HTTP cannot carry; correct it") from None
        except (urllib3.exceptions.HTTPError, OSError) as fault:
            raise Unreachable(f"no answer from {_host(url)}: {_kind(fault)}") from None


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as fault:
        raise BadRequest(f"the request cannot be written as JSON: {fault}") from None


def _exchange(url: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Response:
    # The reads' own timeout is only the net under the deadline, which ends the call first.
    timeout = urllib3.Timeout(connect=min(seconds, _CONNECT_SECONDS), read=seconds + 5)
    response = _pool(os.getpid()).request(
        "POST", url, body=content, headers=headers, timeout=timeout, retries=False, redirect=False, preload_content=False
    )
    try:
        content = _read(response)
    except BaseException:
        response.close()
        raise
    finally:
        response.release_conn()
    names = {name.lower(): value for name, value in response.headers.items()}
    return Response(response.status, names, content, "content-length" in names or "transfer-encoding" in names)


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    parts: list[bytes] = []
    length = 0
    while part := response.read(_CHUNK):
        length += len(part)
        if length > RESPONSE_LIMIT:
            raise BadAnswer(f"the answer is longer than {RESPONSE_LIMIT} bytes")
        parts.append(part)
    return b"".join(parts)


class _GuardedConnection(HTTPConnection):
    """A connection that the current deadline can end."""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        guard(connection)
        return connection

    def request(self, *arguments: Any, **options: Any) -> None:
        if self.sock is not None:
            guard(self.sock)
        super().request(*arguments, **options)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTlsConnection


@lru_cache(maxsize=1)
def _pool(process_id: int) -> urllib3.PoolManager:
    """This process's connections: a forked child must not share its parent's sockets, hence the key."""
    manager = urllib3.PoolManager(num_pools=64, maxsize=_CONNECTIONS, block=False, ssl_context=ssl.create_default_context())
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    return manager


def _host(url: str) -> str:
    parts = urllib3.util.parse_url(url)
    return f"{parts.host}:{parts.port}" if parts.port else str(parts.host)


def _kind(fault: BaseException) -> str:
    if isinstance(fault, urllib3.exceptions.ProtocolError) and len(fault.args) > 1 and isinstance(fault.args[1], BaseException):
        fault = fault.args[1]
    cause = fault.__cause__ or fault
    number = f" ({os.strerror(cause.errno)})" if isinstance(cause, OSError) and cause.errno and cause.errno > 0 else ""
    return f"{type(cause).__name__}{number}"

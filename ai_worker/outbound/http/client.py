"""JSON over HTTP to a model.

Nothing is retried or followed here: whether to try again is the engine's decision, and a redirect would carry
the key to another host. Proxies of the environment are not used.
"""

import errno
import os
import re
import socket
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.outbound.errors import LocalShortage, Unreachable
from ai_worker.outbound.http.connections import PORTS, Server, connections
from ai_worker.outbound.http.deadline import deadline
from ai_worker.outbound.http.response import BrokenResponse, Response

_ADDRESS = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t -~\xa0-\xff]*")


class _Target(NamedTuple):
    """Where a URL leads.

    Args:
        name: what messages call it; never the path, which may hold a key.
        head: the first lines of every request to it.
    """

    server: Server
    name: str
    head: str


SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL}
RESOLVER_SHORTAGES = {getattr(socket, name) for name in ("EAI_MEMORY", "EAI_SYSTEM") if hasattr(socket, name)}
SHORTAGE_SECONDS = 5.0
"""Before a row is tried again that found no file or port left."""


def post(url: str, body: Mapping[str, Any], headers: Mapping[str, str], seconds: float) -> Response:
    """Posts JSON and reads the whole response, whatever its status.

    Args:
        seconds: from now to the last byte, connecting included.

    Raises:
        DeadlineExceeded: the response was not whole in time.
        Unreachable: no connection, or it broke.
        LocalShortage: this process has no file, port or memory left for a connection.
        BadAnswer: the response is longer than `RESPONSE_LIMIT`.
        BadRequest: the body cannot be written as JSON.
        ConfigurationError: the address or the key is not one that HTTP can carry.
    """
    target = _target(url)
    head = _head(target, headers)
    with deadline(seconds):
        # The faults' own messages may hold the whole URL or a header; their kind says enough.
        try:
            return _exchange(target.server, head, body, seconds)
        except OSError as fault:
            if is_local(fault):
                how = "raise LimitNOFILE or `ulimit -n`, or start the worker with fewer slots"
                raise LocalShortage(
                    f"{_kind(fault)} in this process - {how}", retry_after=SHORTAGE_SECONDS
                ) from None
            raise Unreachable(f"no answer from {target.name}: {_kind(fault)}") from None


def _exchange(server: Server, head: str, body: Mapping[str, Any], seconds: float) -> Response:
    connection = connections().take(server, seconds)
    try:
        # While a thousand calls wait, nobody holds on to what they have sent.
        connection.send(_request(head, body), seconds + 5)
        response = connection.receive()
    except BaseException:
        connection.close()
        raise
    if response.reusable:
        connections().keep(server, connection)
    else:
        connection.close()
    return response


@lru_cache(maxsize=256)
def _target(url: str) -> _Target:
    try:
        parts = urlsplit(url)
        server = Server(parts.scheme, parts.hostname or "", parts.port)
        host = server.host.encode("idna").decode()
    except ValueError:
        server, host = Server("", "", None), ""
    if server.scheme not in PORTS or not host:
        raise ConfigurationError("the model's base URL is not an address like https://host/path; correct it")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _ADDRESS.fullmatch(host + path):
        raise _unspeakable()
    name = (f"[{host}]" if ":" in host else host) + (f":{server.port}" if server.port else "")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {name}\r\nAccept-Encoding: identity\r\nContent-Type: "
        f"application/json\r\nUser-Agent: ai-worker"
    )
    return _Target(server, name, head)


def _head(target: _Target, headers: Mapping[str, str]) -> str:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_HEADER.fullmatch, lines)):
        raise _unspeakable()
    return "\r\n".join([target.head, *lines])


def _request(head: str, body: Mapping[str, Any]) -> bytes:
    content = _encoded(body)
    # A piece for each would be a system call and a packet for each. And orjson's own bytes have far more
    # memory than they fill.
    return f"{head}\r\nContent-Length: {len(content)}\r\n\r\n".encode("latin-1") + content


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as fault:
        raise BadRequest(f"the request cannot be written as JSON: {fault}") from None


def _unspeakable() -> ConfigurationError:
    return ConfigurationError(
        "the model's base URL or its key holds characters that HTTP cannot carry; correct it"
    )


def is_local(fault: OSError) -> bool:
    """Whether a fault lies with this process or machine, and says nothing of the other side."""
    if isinstance(fault, socket.gaierror):
        return fault.errno in RESOLVER_SHORTAGES
    return fault.errno in SHORTAGES


def _kind(fault: OSError) -> str:
    if isinstance(fault, BrokenResponse):
        return str(fault)
    number = f" ({os.strerror(fault.errno)})" if fault.errno and fault.errno > 0 else ""
    return f"{type(fault).__name__}{number}"

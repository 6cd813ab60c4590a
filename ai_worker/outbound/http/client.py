"""JSON over HTTP/1.1, posted and read whole.

Nothing is retried or followed here: whether to try again is the engine's decision, and a redirect would carry
the key to another host. One exception: a kept connection that the server had closed before it took anything
of the request is replaced, which is no second call.
"""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.outbound.errors import DeadlineExceeded, Misdirected, Unconfigured, Unreachable
from ai_worker.outbound.http.connections import (
    PROXY_AUTHENTICATION,
    Connection,
    ProxyRefused,
    StaleConnection,
    connections,
)
from ai_worker.outbound.http.deadline import deadline, is_cooperative
from ai_worker.outbound.http.response import BrokenResponse, Response
from ai_worker.outbound.http.route import DEFAULT, PORTS, Server, Transport, basic, server_at
from ai_worker.outbound.http.shortage import is_local, shortage

_ADDRESS = re.compile(r"[!-~]+")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t -~\xa0-\xff]*")


class _Target(NamedTuple):
    """The target of a URL.

    Args:
        name: what messages call it; never the path, which may hold a key.
        head: the first lines of every request to it.
    """

    server: Server
    name: str
    head: str


class _Progress:
    """The progress of a call."""

    __slots__ = ("sent",)

    def __init__(self) -> None:
        self.sent = False


def post(
    url: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    seconds: float,
    *,
    transport: Transport = DEFAULT,
    idle: float | None = None,
) -> Response:
    """Post JSON and read the whole response, whatever its status.

    Args:
        seconds: from now to the last byte, connecting included.
        transport: proxy and certificates.
        idle: seconds that the server may be silent between two pieces of its response; None: until the end.

    Raises:
        DeadlineExceeded: the response was not whole in time, or the server was silent for too long.
        Unreachable: no connection, or it broke. `sent` tells the two apart.
        LocalShortage: this process has no file, port or memory left for a connection.
        TlsFault: no trusted connection.
        Misdirected: the proxy wants a login.
        BadAnswer: the response is longer than `RESPONSE_LIMIT`, or its encoding is broken.
        BadRequest: the body cannot be written as JSON.
        Unconfigured: the address or the key is not one that HTTP can carry.
    """
    try:
        target = _target(url, transport)
        head = _head(target, headers)
    except ConfigurationError as fault:
        raise Unconfigured(str(fault), sent=False) from None
    progress = _Progress()
    try:
        with deadline(seconds):
            # The faults' own messages may hold the whole URL or a header; their kind says enough.
            try:
                return _exchange(target.server, head, body, (seconds, idle or _net(seconds)), progress)
            except OSError as fault:
                if is_local(fault) and not progress.sent:
                    raise shortage(fault) from None
                raise _broken(target, fault, progress, idle) from None
    except DeadlineExceeded as late:
        late.sent = progress.sent
        raise


def _net(seconds: float) -> float | None:
    """The time-out of each read under the deadline. Under gevent the deadline ends a read by itself, and a
    second timer for each read would cost more than the parsing of a response.
    """
    return None if is_cooperative() else seconds + 5


def _exchange(
    server: Server,
    head: str,
    body: Mapping[str, Any],
    seconds: tuple[float, float | None],
    progress: _Progress,
) -> Response:
    connection = connections().take(server, seconds[0])
    try:
        return _over(connection, server, head, body, seconds[1], progress)
    except StaleConnection:
        progress.sent = False
        return _over(Connection(server, seconds[0]), server, head, body, seconds[1], progress)


def _over(
    connection: Connection,
    server: Server,
    head: str,
    body: Mapping[str, Any],
    seconds: float | None,
    progress: _Progress,
) -> Response:
    try:
        request = _request(head, body)
        progress.sent = True
        connection.send(request, seconds)
        # While a thousand calls wait, none of them holds on to its request.
        del request
        response = connection.receive()
    except BaseException:
        connection.close()
        raise
    if response.reusable:
        connections().keep(server, connection)
    else:
        connection.close()
    return response


def _broken(
    target: _Target, fault: OSError, progress: _Progress, idle: float | None
) -> Unreachable | DeadlineExceeded | Misdirected:
    if isinstance(fault, ProxyRefused) and fault.status == PROXY_AUTHENTICATION:
        return Misdirected(
            f"{target.name}: the proxy wants a login (407): put user:password@ into its address"
        )
    if isinstance(fault, TimeoutError) and progress.sent and idle is not None:
        return DeadlineExceeded(f"nothing came from {target.name} for {idle:g} s")
    return Unreachable(f"no answer from {target.name}: {_kind(fault)}", sent=progress.sent)


@lru_cache(maxsize=256)
def _target(url: str, transport: Transport) -> _Target:
    # The proxies of the environment are read once for each address.
    try:
        parts = urlsplit(url)
        scheme, port = parts.scheme, parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError:
        scheme, port, host = "", None, ""
    if scheme not in PORTS or not host:
        raise ConfigurationError("the model's base URL is not an address like https://host/path; correct it")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _ADDRESS.fullmatch(host + path):
        raise _unspeakable()
    server = server_at(scheme, host, port, transport)
    name = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    lines = [f"POST {path} HTTP/1.1", f"Host: {name}"]
    if server.proxy and scheme == "http":
        lines[0] = f"POST http://{name}{path} HTTP/1.1"
        if server.proxy.authorization:
            lines.append(f"Proxy-Authorization: {server.proxy.authorization}")
    if login := basic(parts.username, parts.password):
        lines.append(f"Authorization: {login}")
    lines += ["Accept-Encoding: identity", "Content-Type: application/json", "User-Agent: ai-worker"]
    return _Target(server, name, "\r\n".join(lines))


def _head(target: _Target, headers: Mapping[str, str]) -> str:
    head = target.head
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(_HEADER.fullmatch, lines)):
        raise _unspeakable()
    if "\r\nAuthorization: " in head and any(name.lower() == "authorization" for name in headers):
        # A key of its own goes before the login that stands in the address.
        head = "\r\n".join(line for line in head.split("\r\n") if not line.startswith("Authorization: "))
    return "\r\n".join([head, *lines])


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


def _kind(fault: OSError) -> str:
    if isinstance(fault, BrokenResponse | ProxyRefused):
        return str(fault)
    number = f" ({os.strerror(fault.errno)})" if fault.errno and fault.errno > 0 else ""
    return f"{type(fault).__name__}{number}"


def joined(base_url: str, path: str) -> str:
    """An address below a base URL; the base's query stays behind the path."""
    base, question, query = base_url.partition("?")
    return f"{base.rstrip('/')}{path}{question}{query}"

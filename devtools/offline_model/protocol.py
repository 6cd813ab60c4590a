"""HTTP/1.1 with keep-alive, straight on asyncio's protocols: what a model server needs of it and no more."""

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import cast
from urllib.parse import unquote

_HEAD_LIMIT = 64 * 1024
_BODY_LIMIT = 64 * 1024 * 1024
_REASONS = {
    200: "OK",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
}
_REASONS |= {
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
}
_REASONS |= {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    529: "Overloaded",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One whole HTTP request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Exchange:
    """One request and the means to answer it, now or later.

    Args:
        ended: called once, when the answer is out or the connection gone.
    """

    def __init__(self, asked: Asked, connection: "Connection") -> None:
        self.asked = asked
        self.connection = connection
        self.ended: Callable[[], None] | None = None
        self._over = False

    @property
    def over(self) -> bool:
        """True if no further request can be answered."""
        return self._over

    def send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """The whole response."""
        self.raw(head(status, len(body), kind, headers) + body)
        self.end()

    def raw(self, data: bytes) -> None:
        """Some bytes of the response."""
        if not self._over:
            self.connection.transport.write(data)

    def end(self) -> None:
        """The response is out."""
        if not self._over:
            self._over = True
            if self.ended is not None:
                self.ended()
            self.connection.next()

    def close(self) -> None:
        """Closes the connection after what has been written."""
        self.connection.transport.close()

    def reset(self) -> None:
        """Drops the connection so that the other side sees a reset, not an end."""
        socket_of = self.connection.transport.get_extra_info("socket")
        if socket_of is not None:
            socket_of.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.transport.abort()


def head(
    status: int, length: int | None, kind: str = "application/json", headers: dict[str, str] | None = None
) -> bytes:
    """The status line and headers; without a length the body ends with the connection."""
    lines = [
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}",
        f"Date: {formatdate(usegmt=True)}",
        f"Content-Type: {kind}",
    ]
    lines.append("Connection: close" if length is None else f"Content-Length: {length}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class Connection(asyncio.Protocol):
    """One client's connection: requests are answered one after the other.

    Args:
        handle: given every request.
    """

    def __init__(self, handle: Callable[[Exchange], None]) -> None:
        self._handle = handle
        self._received = bytearray()
        self._current: Exchange | None = None
        self.transport = cast(asyncio.Transport, None)

    @property
    def peer(self) -> str:
        """The client's address."""
        return str((self.transport.get_extra_info("peername") or ("",))[0])

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a client is there."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes came in."""
        self._received += data
        self._dispatch()

    def connection_lost(self, error: Exception | None) -> None:
        """asyncio: the client is gone."""
        if self._current is not None:
            self._current.end()

    def next(self) -> None:
        """The answer to the current request is out; a pipelined one may wait."""
        self._current = None
        if self._received and not self.transport.is_closing():
            self._dispatch()

    def _dispatch(self) -> None:
        if self._current is not None:
            return
        end = self._received.find(b"\r\n\r\n", 0, _HEAD_LIMIT)
        if end < 0:
            if len(self._received) >= _HEAD_LIMIT:
                self._refuse(400)
            return
        try:
            method, path, query, headers = _parsed(bytes(self._received[:end]))
            length = int(headers.get("content-length", "0"))
        except ValueError:
            self._refuse(400)
            return
        if length > _BODY_LIMIT or "transfer-encoding" in headers:
            self._refuse(413)
            return
        whole = end + 4 + length
        if len(self._received) < whole:
            if headers.get("expect", "").lower() == "100-continue" and len(self._received) == end + 4:
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        body = bytes(self._received[end + 4 : whole])
        del self._received[:whole]
        self._current = Exchange(Asked(method, path, query, headers, body), self)
        self._handle(self._current)

    def _refuse(self, status: int) -> None:
        self.transport.write(head(status, 0, headers={"Connection": "close"}))
        self.transport.close()


def _parsed(data: bytes) -> tuple[str, str, str, dict[str, str]]:
    first, *lines = data.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError("a header without a colon")
        headers[name.lower()] = value.strip()
    return method, unquote(path), query, headers

"""The response of a model's server, parsed by llhttp as it arrives: http.client takes ten times as long over
it [measured: 40 and 3 us].
"""

import socket
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from ai_worker.outbound.errors import BadAnswer

RESPONSE_LIMIT = 10 * 1024 * 1024
"""Bytes of an answer; a longer one is read no further."""

_CHUNK = 64 * 1024
_INFORMATIONAL = range(100, 200)
_HEAD_LIMIT = 16 * 1024


class BrokenResponse(OSError):
    """The bytes that came are no whole HTTP response.

    Args:
        silent: not one byte came.
        reset: it did not end, it was reset.
    """

    def __init__(self, message: str, *, silent: bool = False, reset: bool = False) -> None:
        super().__init__(message)
        self.silent = silent
        self.reset = reset


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response.

    Args:
        headers: by lower-case name.
        framed: whether the length was announced, so that a cut-off body would have been noticed.
        reusable: whether its connection can carry another request.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    framed: bool
    reusable: bool


def read_head(connection: socket.socket) -> int:
    """The status of a response without a body, read no further than its head: a proxy's to CONNECT.

    Raises:
        BrokenResponse: it is not HTTP, or longer than a head may be.
    """
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte or len(head) > _HEAD_LIMIT:
            raise BrokenResponse("the proxy did not answer CONNECT", silent=not head)
        head += byte
    status = head.split(b" ", 2)[1] if head.startswith(b"HTTP/1.") else b""
    if not status[:3].isdigit():
        raise BrokenResponse("the proxy's answer to CONNECT is not HTTP")
    return int(status[:3])


def read_response(connection: socket.socket) -> Response:
    """Reads one response to its end.

    Raises:
        BrokenResponse: it ended early, or is not HTTP.
        BadAnswer: it is longer than `RESPONSE_LIMIT`.
        OSError: the connection broke.
    """
    try:
        data = connection.recv(_CHUNK)
    except ConnectionResetError:
        message = "the connection was reset before the response began"
        raise BrokenResponse(message, silent=True, reset=True) from None
    # Only now: most of the time a response is only waited for.
    incoming = _Incoming()
    try:
        incoming.feed(data)
        while not incoming.whole:
            incoming.feed(connection.recv(_CHUNK))
        return incoming.response()
    finally:
        incoming.release()


def decoded(content: bytes, encoding: str) -> bytes:
    """A body without its `Content-Encoding`; we ask for none, and some gateways compress all the same.

    Raises:
        BadAnswer: the encoding is another one, or broken, or the body grows beyond `RESPONSE_LIMIT`.
    """
    for name in reversed([name.strip().lower() for name in encoding.split(",")]):
        if name in ("", "identity") or not content:
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            raise BadAnswer(f"the answer is encoded as {name[:20]!r}, which was not asked for")
        content = _inflated(
            content, zlib.MAX_WBITS | 32 if content[:1] in (b"\x1f", b"\x78") else -zlib.MAX_WBITS
        )
    return content


def _inflated(content: bytes, window: int) -> bytes:
    stream = zlib.decompressobj(window)
    try:
        plain = stream.decompress(content, RESPONSE_LIMIT)
    except zlib.error:
        raise BadAnswer("the compressed answer is broken") from None
    if stream.unconsumed_tail:
        raise BadAnswer(f"the answer is longer than {RESPONSE_LIMIT} bytes")
    if not stream.eof:
        raise BadAnswer("the compressed answer is cut off")
    return plain


class _Incoming:
    """A response on its way; the parser calls the methods whose names begin with `on_`."""

    def __init__(self) -> None:
        self.whole = False
        self._parser = HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._received = 0
        self._has_begun = False
        self._reusable = False

    def feed(self, data: bytes) -> None:
        """The bytes that came; none when the connection was closed."""
        if not data:
            self._close()
            return
        self._received += len(data)
        if self._received > RESPONSE_LIMIT:
            raise BadAnswer(f"the answer is longer than {RESPONSE_LIMIT} bytes")
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as fault:
            if not self.whole:
                raise BrokenResponse(f"not HTTP as it should be ({type(fault).__name__})") from None
            # What follows a whole response was not asked for.
            self._reusable = False

    def _close(self) -> None:
        if not self._has_begun or self._framed:
            raise BrokenResponse(
                "the connection was closed before the response was whole", silent=not self._received
            )
        self.whole = True

    def response(self) -> Response:
        status, content = self._parser.get_status_code(), b"".join(self._parts)
        try:
            content = decoded(content, self._headers.get("content-encoding", ""))
        except BadAnswer:
            if status < 300:
                raise
            # An error's status and headers say enough.
            content = b""
        return Response(status, self._headers, content, self._framed, self._reusable)

    def release(self) -> None:
        # It and the parser hold each other; left to the garbage collector, thousands would lie about.
        del self._parser

    @property
    def _framed(self) -> bool:
        return "content-length" in self._headers or "transfer-encoding" in self._headers

    def on_message_begin(self) -> None:
        if self.whole:
            raise ValueError("a second response to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        self._has_begun = True

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() in _INFORMATIONAL:
            self._headers.clear()
            self._has_begun = False
        else:
            self.whole = True
            self._reusable = self._parser.should_keep_alive()

"""Open connections to servers, kept between requests; urllib3 costs eight times the CPU (see
docs/decisions/http-client.md).
"""

import os
import select
import socket
import ssl
import struct
import time
from functools import lru_cache

from ai_worker.outbound.errors import TlsFault
from ai_worker.outbound.http.deadline import guard
from ai_worker.outbound.http.response import BrokenResponse, Response, read_head, read_response
from ai_worker.outbound.http.route import Server, tls_context

CONNECT_SECONDS = 10.0
KEPT = 1024
"""Idle connections to one server, above the greenlets of one worker."""
REFUSAL_SECONDS = 0.3
"""The time of the refusal of a request that was sent to a server that had just closed: one way and back."""
IDLE_SECONDS = 0.5
"""After which a server may end a kept connection for its age: servers count in whole seconds. One that was
used just now and is reset was reset because of the request, which the server may have worked.
"""
_TCP_INFO = getattr(socket, "TCP_INFO", None)
_TCP_INFO_BYTES = 192
_BYTES_ACKED = struct.Struct("@120xQ")
"""The place of `tcpi_bytes_acked` in Linux' `struct tcp_info`."""
PROXY_AUTHENTICATION = 407


class StaleConnection(OSError):
    """A kept connection ended before the server took anything of the request: it can be sent once more."""


class ProxyRefused(OSError):
    """A forward proxy did not connect us; the status tells."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the proxy answered CONNECT with {status}")
        self.status = status


class Connection:
    """An open connection that the current deadline can end.

    Args:
        seconds: for opening it.

    Raises:
        OSError: it cannot be opened.
        TlsFault: the server cannot be trusted, or does not trust us.
    """

    def __init__(self, server: Server, seconds: float) -> None:
        to = server.proxy or server
        self.used = False
        self._answered_at = self._sent_at = 0.0
        self._acknowledged = 0
        # First: a file that is missing is found before a server is called.
        tls = tls_context(server.transport) if server.scheme == "https" else None
        self._socket = socket.create_connection((to.host, to.port), seconds)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guard(self._socket)
            if tls:
                if server.proxy:
                    self._tunnel(server)
                self._socket = tls.wrap_socket(self._socket, server_hostname=server.host)
        except ssl.SSLError as fault:
            self.close()
            raise _tls_fault(server, fault) from None
        except BaseException:
            self.close()
            raise

    def _tunnel(self, server: Server) -> None:
        proxy = server.proxy
        host = f"[{server.host}]:{server.port}" if ":" in server.host else f"{server.host}:{server.port}"
        lines = [f"CONNECT {host} HTTP/1.1", f"Host: {host}"]
        if proxy and proxy.authorization:
            lines.append(f"Proxy-Authorization: {proxy.authorization}")
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        if not 200 <= (status := read_head(self._socket)) < 300:
            raise ProxyRefused(status)

    def send(self, request: bytes, seconds: float | None) -> None:
        """Send a request.

        Args:
            seconds: that this, and each read of the response, may take. Only the net under the deadline,
                which ends the call first.

        Raises:
            OSError: it broke.
        """
        guard(self._socket)
        self._socket.settimeout(seconds)
        self._sent_at, self._acknowledged = time.monotonic(), _acknowledged(self._socket)
        try:
            self._socket.sendall(request)
        except (BrokenPipeError, ConnectionResetError) as fault:
            # Half a request is none.
            raise (StaleConnection(*fault.args) if self.used else fault) from None

    def receive(self) -> Response:
        """The response to it.

        Raises:
            OSError: it broke, or what came is no whole HTTP response.
            BadAnswer: the response is too long.
        """
        try:
            response = read_response(self._socket)
        except BrokenResponse as broken:
            if self.used and broken.silent and (self._aged() if broken.reset else self._was_refused()):
                raise StaleConnection(str(broken)) from None
            raise
        self.used = True
        self._answered_at = time.monotonic()
        return response

    def close(self) -> None:
        """End the connection: it carries no more requests."""
        self._socket.close()

    def dropped(self) -> bool:
        """Return whether the server has closed it, or sent something unasked."""
        return _readable(self._socket.fileno())

    def _aged(self) -> bool:
        """Return whether the connection was idle long enough to be ended for its age, and the server's side
        took nothing of the request: what it acknowledged it may have worked.
        """
        idle = self._sent_at - self._answered_at
        return idle >= IDLE_SECONDS and _acknowledged(self._socket) == self._acknowledged

    def _was_refused(self) -> bool:
        """Return whether the server had closed before the request arrived: its kernel then answers the
        request by a reset. A server that has read the request and then closes sends none.
        """
        ends = time.monotonic() + REFUSAL_SECONDS
        while time.monotonic() < ends:
            if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return True
            time.sleep(0.01)
        return False


def _acknowledged(connection: socket.socket) -> int:
    """The bytes of ours that the other side has acknowledged; 0 where the system does not say."""
    if _TCP_INFO is None:
        return 0
    info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _TCP_INFO_BYTES)
    return int(_BYTES_ACKED.unpack_from(info)[0]) if len(info) >= _BYTES_ACKED.size else 0


def _tls_fault(server: Server, fault: ssl.SSLError) -> TlsFault:
    if isinstance(fault, ssl.SSLCertVerificationError):
        reason = (
            f"its certificate is not trusted ({fault.verify_message}); name its authority in SSL_CERT_FILE"
        )
        return TlsFault(f"{server.host}: {reason} or in the model's ca_file", sent=False)
    if fault.reason == "WRONG_VERSION_NUMBER":
        return TlsFault(f"{server.host}: it speaks no TLS there; http:// in its address, perhaps", sent=False)
    reason = f"TLS failed ({fault.reason or type(fault).__name__})"
    return TlsFault(f"{server.host}: {reason}; check the base URL and client_certificate", sent=False)


def _originals() -> tuple[object, object]:
    """The system's own calls, also under gevent: asked with no time to wait, they hold nothing up."""
    try:
        from gevent.monkey import get_original  # noqa: PLC0415  plain processes need no gevent
    except ImportError:
        return getattr(select, "poll", None), select.select
    return get_original("select", "poll") if hasattr(select, "poll") else None, get_original(
        "select", "select"
    )


_poll, _select = _originals()


def _readable(descriptor: int) -> bool:
    if _poll is None:
        return bool(_select([descriptor], [], [], 0)[0])  # type: ignore[operator]
    asked = _poll()  # type: ignore[operator]
    asked.register(descriptor, select.POLLIN)
    return bool(asked.poll(0))


class Connections:
    """The connections of one process."""

    def __init__(self) -> None:
        self._idle: dict[Server, list[Connection]] = {}

    def take(self, server: Server, seconds: float) -> Connection:
        """A connection of the caller's own; `seconds` for opening one where none is idle, at most
        `CONNECT_SECONDS`.

        Raises:
            OSError: there is none, and none could be opened.
        """
        idle = self._idle.setdefault(server, [])
        while idle:
            connection = idle.pop()
            if not connection.dropped():
                return connection
            connection.close()
        return Connection(server, min(seconds, CONNECT_SECONDS))

    def keep(self, server: Server, connection: Connection) -> None:
        """Give back a connection that can carry another request."""
        idle = self._idle[server]
        if len(idle) < KEPT:
            idle.append(connection)
        else:
            connection.close()


def connections() -> Connections:
    """This process's connections."""
    return _connections(os.getpid())


@lru_cache(maxsize=1)
def _connections(process_id: int) -> Connections:
    """A forked child must not share its parent's sockets, hence the key."""
    return Connections()

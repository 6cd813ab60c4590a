"""Open connections to the servers of models, kept between requests: this is the hot path, and urllib3 costs
thrice the CPU.
"""

import os
import selectors
import socket
import ssl
import time
from functools import lru_cache
from typing import NamedTuple

from ai_worker.outbound.http.deadline import guard
from ai_worker.outbound.http.response import Response, read_response

CONNECT_SECONDS = 10.0
KEPT = 1024
"""Idle connections to one server, above the greenlets of one worker."""
FRESH_SECONDS = 1.0
"""A connection that was used so lately has hardly been closed by its server meanwhile, and is not looked
at.
"""
PORTS = {"http": 80, "https": 443}


class Server(NamedTuple):
    """Whom a connection leads to."""

    scheme: str
    host: str
    port: int | None


class Connection:
    """An open connection that the current deadline can end.

    Args:
        seconds: for opening it.

    Raises:
        OSError: it does not come about.
    """

    def __init__(self, server: Server, seconds: float) -> None:
        self._socket = socket.create_connection((server.host, server.port or PORTS[server.scheme]), seconds)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guard(self._socket)
            if server.scheme == "https":
                self._socket = _tls().wrap_socket(self._socket, server_hostname=server.host)
        except BaseException:
            self.close()
            raise

    def send(self, request: bytes, seconds: float) -> None:
        """Send a request.

        Args:
            seconds: that this, and each read of the response, may take. Only the net under the deadline,
                which ends the call first.

        Raises:
            OSError: it broke.
        """
        guard(self._socket)
        self._socket.settimeout(seconds)
        self._socket.sendall(request)

    def receive(self) -> Response:
        """The response to it.

        Raises:
            OSError: it broke, or what came is no whole HTTP response.
            BadAnswer: the response is too long.
        """
        return read_response(self._socket)

    def close(self) -> None:
        """It carries no more requests."""
        self._socket.close()

    def dropped(self) -> bool:
        """Whether the server has closed it, or said something unasked."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            return bool(selector.select(0))


class Connections:
    """The connections of one process."""

    def __init__(self) -> None:
        self._idle: dict[Server, list[tuple[Connection, float]]] = {}

    def take(self, server: Server, seconds: float) -> Connection:
        """A connection that nobody else uses; `seconds` for opening one where none is idle, at most
        `CONNECT_SECONDS`.

        Raises:
            OSError: there is none, and none comes about.
        """
        idle = self._idle.setdefault(server, [])
        while True:
            try:
                connection, since = idle.pop()
            except IndexError:
                return Connection(server, min(seconds, CONNECT_SECONDS))
            if time.monotonic() - since < FRESH_SECONDS or not connection.dropped():
                return connection
            connection.close()

    def keep(self, server: Server, connection: Connection) -> None:
        """Give back a connection that can carry another request."""
        idle = self._idle[server]
        if len(idle) < KEPT:
            idle.append((connection, time.monotonic()))
        else:
            connection.close()


def connections() -> Connections:
    """This process's connections."""
    return _connections(os.getpid())


@lru_cache(maxsize=1)
def _connections(process_id: int) -> Connections:
    """A forked child must not share its parent's sockets, hence the key."""
    return Connections()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()

"""Open connections to the servers of models, kept between requests: this is the hot path, and urllib3 costs twice the CPU."""

import os
import selectors
import ssl
import time
from functools import lru_cache
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, NamedTuple

from ai_worker.llm.deadline import guard

CONNECT_SECONDS = 10.0
KEPT = 1024
"""Idle connections to one server, above the greenlets of one worker."""
FRESH_SECONDS = 1.0
"""A connection that was used so lately has hardly been closed by its server meanwhile, and is not looked at."""


class Server(NamedTuple):
    """Whom a connection leads to."""

    scheme: str
    host: str
    port: int | None


class Connection(HTTPConnection):
    """A connection that the current deadline can end, and that sends a request in one piece."""

    _pieces: list[bytes] | None = None

    def connect(self) -> None:
        """See http.client."""
        super().connect()
        guard(self.sock)

    def post(self, path: str, content: bytes, headers: dict[str, str], seconds: float) -> None:
        """Send a request, connecting first where need be.

        Args:
            seconds: that a read may take. Only the net under the deadline, which ends the call first.

        Raises:
            ValueError, http.client.InvalidURL: path or headers hold characters that HTTP cannot carry.
            OSError: no connection, or it broke.
        """
        if self.sock is None:
            self.connect()
        else:
            guard(self.sock)
        self.sock.settimeout(seconds)
        pieces: list[bytes] = []
        self._pieces = pieces
        try:
            self.request("POST", path, content, headers)
        finally:
            self._pieces = None
        self.send(b"".join(pieces))

    def send(self, data: Any) -> None:
        """See http.client."""
        # Sent by themselves, as the library would, headers and body cost a system call and a packet each.
        if self._pieces is None:
            super().send(data)
        else:
            self._pieces.append(data)

    def dropped(self) -> bool:
        """Whether the server has closed it, or said something unasked."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            return bool(selector.select(0))


class TlsConnection(HTTPSConnection, Connection):
    """The same over TLS."""


class Connections:
    """The connections of one process."""

    def __init__(self) -> None:
        self._idle: dict[Server, list[tuple[Connection, float]]] = {}
        self._trusted = ssl.create_default_context()

    def take(self, server: Server, seconds: float) -> Connection:
        """A connection that nobody else uses, not open yet where none is idle; `seconds` for opening it, at most `CONNECT_SECONDS`."""
        idle = self._idle.setdefault(server, [])
        while True:
            try:
                connection, since = idle.pop()
            except IndexError:
                return self._new(server, min(seconds, CONNECT_SECONDS))
            if time.monotonic() - since < FRESH_SECONDS or not connection.dropped():
                return connection
            connection.close()

    def keep(self, server: Server, connection: Connection) -> None:
        """Give back a connection whose response was read to its end."""
        idle = self._idle[server]
        if connection.sock is not None and len(idle) < KEPT:
            idle.append((connection, time.monotonic()))
        else:
            connection.close()

    def _new(self, server: Server, seconds: float) -> Connection:
        if server.scheme == "https":
            return TlsConnection(server.host, server.port, timeout=seconds, context=self._trusted)
        return Connection(server.host, server.port, timeout=seconds)


def connections() -> Connections:
    """This process's connections."""
    return _connections(os.getpid())


@lru_cache(maxsize=1)
def _connections(process_id: int) -> Connections:
    """A forked child must not share its parent's sockets, hence the key."""
    return Connections()

"""A TCP proxy in front of a server, which can take the network away: refuse, swallow, or slow down what
passes.
"""

import selectors
import socket
import threading
import time
from types import TracebackType
from typing import Literal, Self

from devtools.ports import LOOPBACK, free_port

How = Literal["well", "refused", "blackholed", "slow"]

SLOW_SECONDS = 0.3
CHUNK = 65_536


class Proxy:
    """Passes connections on to a port of this machine, each with two threads of its own.

    - `refused`: nobody listens, and the connections that were there are reset.
    - `blackholed`: connections come about and stay, and nothing passes. What was swallowed is lost, as after
      a cut cable.
    - `slow`: each portion of data is `SLOW_SECONDS` late.

    Args:
        target: the server's port.
        host: the address that it listens on.
    """

    def __init__(self, target: int, host: str = LOOPBACK) -> None:
        self.port = free_port()
        self._host = host
        self._target = target
        self._how: How = "well"
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._listener = self._listen()
        threading.Thread(target=self._accept, name=f"proxy {self.port}", daemon=True).start()

    def turn(self, how: How) -> None:
        """Change the weather."""
        before, self._how = self._how, how
        if how == "refused":
            self._listener.close()
            self._reset_all()
        elif before == "refused":
            self._listener = self._listen()
        elif before == "blackholed":
            # What was swallowed is missing from these streams: as after a long cut, the other side knows them
            # no more.
            self._reset_all()

    def lead_to(self, target: int) -> None:
        """Lead to another port from now on; the connections that were there are reset."""
        self._target = target
        self._reset_all()

    def connections(self) -> int:
        """How many pass through it now."""
        with self._lock:
            return len(self._pairs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        self._listener.close()
        self._reset_all()

    def _listen(self) -> socket.socket:
        listener = socket.create_server((self._host, self.port), backlog=1024)
        listener.settimeout(0.05)
        return listener

    def _accept(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                time.sleep(0.02)  # Refused at the moment: the listener is closed.
                continue
            self._join(client)

    def _join(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self._target), timeout=5)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.settimeout(None)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = (client, server)
        with self._lock:
            self._pairs.add(pair)
        threading.Thread(target=self._pump, args=(pair,), daemon=True).start()

    def _pump(self, pair: tuple[socket.socket, socket.socket]) -> None:
        client, server = pair
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(client, selectors.EVENT_READ, server)
                ready.register(server, selectors.EVENT_READ, client)
                while True:
                    for key, _ in ready.select():
                        if not self._pass(key.fileobj, key.data):  # type: ignore[arg-type]
                            return
        except (OSError, ValueError):
            return
        finally:
            self._part(pair)

    def _pass(self, source: socket.socket, target: socket.socket) -> bool:
        data = source.recv(CHUNK)
        if not data:
            return False
        how = self._how
        if how == "slow":
            time.sleep(SLOW_SECONDS)
        if how != "blackholed":
            target.sendall(data)
        return True

    def _reset_all(self) -> None:
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def _part(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            end.close()

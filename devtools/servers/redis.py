"""A Redis of our own, or a Valkey."""

import os
import socket
from pathlib import Path

from devtools.layout import find_program
from devtools.ports import LOOPBACK
from devtools.servers.server import Server

CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir "{folder}"
daemonize no
logfile ""
# A queue must refuse new work when memory is short rather than drop work that it holds.
maxmemory-policy noeviction
# And keep what it holds over a restart.
appendonly yes
appendfsync everysec
save ""
"""


def program() -> str | None:
    """The path of the server: REDIS_SERVER names another one; Valkey's is taken where there is no Redis."""
    named = os.environ.get("REDIS_SERVER")
    return find_program(named) if named else find_program("redis-server", "valkey-server")


class RedisServer(Server):
    """`redis-server` with a password, appending every change to disk.

    Args:
        folder: its data directory.
        port: what it listens on.
        log: its output.
        password: every client must name it.
    """

    name = "redis"

    def __init__(self, folder: Path, port: int, log: Path, *, password: str) -> None:
        super().__init__(folder, port, log)
        self._password = password

    def prepare(self) -> None:
        """Write its configuration, readable by its owner alone since it holds the password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "redis.conf"
        path.touch(mode=0o600)
        text = CONFIGURATION.format(
            host=LOOPBACK, port=self.port, password=self._password, folder=self.folder
        )
        path.write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """`redis-server` with that configuration."""
        return [program() or "redis-server", self.folder / "redis.conf"]

    def answers(self) -> bool:
        """Return whether it answers PING; it does not while it still loads its data."""
        with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
            connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(256)):
                answer += part
        return answer == b"+OK\r\n+PONG\r\n"

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://:{self._password}@{self.address}/0"

    def environment(self) -> dict[str, str]:
        """Broker and limits, in databases of their own."""
        return {"REDIS_URL": self.url, "LIMITS_REDIS_URL": f"{self.url.removesuffix('0')}1"}


def available() -> bool:
    """Return whether the program is installed."""
    return os.name != "nt" and program() is not None

"""A MariaDB of our own."""

import getpass
import os
import shutil
import socket
import subprocess
from functools import lru_cache
from pathlib import Path

from devtools.layout import find_program
from devtools.ports import LOOPBACK
from devtools.servers.server import Server
from devtools.steps import run_logged

DATABASE = USER = "ai_worker"

RIGHTS = """\
CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS '{user}'@'{host}';
ALTER USER '{user}'@'{host}' IDENTIFIED BY '{password}';
GRANT ALL PRIVILEGES ON `ai\\_worker%`.* TO '{user}'@'{host}';
GRANT ALL PRIVILEGES ON `test\\_%`.* TO '{user}'@'{host}';
"""
"""One statement a line, as the server's `--init-file` wants them."""

RELAXED = [
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--loose-innodb-flush-method=nosync",
]
"""A crash of the machine may lose data that no test would look for afterwards; a killed server loses at most
a second.
"""


class MariaDBServer(Server):
    """`mariadbd` with one database and one user, and a private database for any test that makes one.

    Args:
        folder: its data directory.
        port: what it listens on.
        log: its output.
        password: of the user `ai_worker`; letters, digits, `-` and `_`.
        durable: whether a commit reaches the disk before it is answered.
    """

    name = "mariadb"

    def __init__(self, folder: Path, port: int, log: Path, *, password: str, durable: bool = True) -> None:
        super().__init__(folder, port, log)
        self._password = password
        self._durable = durable

    def prepare(self) -> None:
        """Make the data directory, whole or not at all, and the file that creates database and user."""
        if not self.folder.exists():
            unfinished = self.folder.with_suffix(".unfinished")
            if unfinished.exists():
                shutil.rmtree(unfinished)
            unfinished.mkdir(parents=True)
            install = [
                find_program("mariadb-install-db", "mysql_install_db") or "mariadb-install-db",
                "--no-defaults",
            ]
            options = [
                f"--datadir={unfinished}",
                f"--tmpdir={self._scratch()}",
                "--skip-test-db",
                "--auth-root-authentication-method=socket",
            ]
            owner = [f"--auth-root-socket-user={getpass.getuser()}", *_as_root()]
            run_logged(
                "Make MariaDB's data directory",
                [*install, *options, *owner],
                log=self.log,
                fix="see the log; then run this again",
            )
            unfinished.rename(self.folder)
        rights = self.folder / "rights.sql"
        rights.touch(mode=0o600)
        text = RIGHTS.format(database=DATABASE, user=USER, host=LOOPBACK, password=self._password)
        rights.write_text(text, encoding="utf-8")

    def command(self) -> list[str | Path]:
        """`mariadbd`, configured here alone, so that no configuration of the machine applies."""
        return [
            program() or "mariadbd",
            "--no-defaults",
            f"--datadir={self.folder}",
            f"--tmpdir={self._scratch()}",
            f"--bind-address={LOOPBACK}",
            f"--port={self.port}",
            # Inside the data directory; a whole path may be longer than a socket's name can be.
            "--socket=mariadb.sock",
            "--pid-file=mariadb.pid",
            f"--init-file={self.folder / 'rights.sql'}",
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--max-connections=500",
            *([] if self._durable else RELAXED),
            *_as_root(),
        ]

    def _scratch(self) -> Path:
        """A folder for temporary tables: in a shared one, a server that starts removes those of others."""
        folder = self.folder.with_suffix(".tmp")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def answers(self) -> bool:
        """Return whether it greets; it does once database and user are there."""
        with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
            return bool(connection.recv(1))

    def environment(self) -> dict[str, str]:
        """Host, port, user, password and database."""
        return {
            "MYSQL_HOST": LOOPBACK,
            "MYSQL_PORT": str(self.port),
            "MYSQL_USER": USER,
            "MYSQL_PASSWORD": self._password,
            "MYSQL_DATABASE": DATABASE,
        }


@lru_cache(maxsize=1)
def program() -> str | None:
    """The path of the server if it is MariaDB's; Oracle's `mysqld` wants another set-up and is not started by
    us.
    """
    for name in ("mariadbd", "mysqld"):
        found = find_program(name)
        if (
            found
            and "MariaDB"
            in subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        ):
            return found
    return None


def available() -> bool:
    """Return whether the programs are installed."""
    return os.name != "nt" and bool(program() and find_program("mariadb-install-db", "mysql_install_db"))


def _as_root() -> list[str]:
    return ["--user=root"] if os.name != "nt" and os.geteuid() == 0 else []

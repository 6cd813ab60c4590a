"""A server of MongoDB's wire protocol: `mongod` where it is installed, else nx-27017 from the virtual
environment.
"""

import os
import shutil
import sys
from pathlib import Path

from devtools.layout import venv_program
from devtools.ports import LOOPBACK, accepts
from devtools.servers.server import Server


class MongoServer(Server):
    """Either of the two, each with data of its own below the folder.

    Args:
        folder: holds the data directory.
        port: what it listens on.
        log: its output.
    """

    name = "mongodb"

    def __init__(self, folder: Path, port: int, log: Path) -> None:
        super().__init__(folder, port, log)
        self.mongod = shutil.which("mongod")

    @property
    def data(self) -> Path:
        """The data directory; the two programs cannot read each other's."""
        return self.folder / ("mongod" if self.mongod else "nx-27017")

    def prepare(self) -> None:
        """Make the data directory."""
        self.data.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str | Path]:
        """The program, listening on loopback only."""
        port = ["--port", str(self.port)]
        if self.mongod:
            return [
                self.mongod,
                "--dbpath",
                self.data,
                "--bind_ip",
                LOOPBACK,
                "--nounixsocket",
                "--quiet",
                *port,
            ]
        python = venv_program("python")
        program: list[str | Path] = [
            python if python.exists() else sys.executable,
            "-m",
            "devtools.mongo_wire_server",
        ]
        files: list[str | Path] = [
            "--data-dir",
            self.data,
            "--log-file",
            os.devnull,
            "--pid-file",
            self.folder / "nx-27017.pid",
        ]
        return [*program, "--host", LOOPBACK, *port, *files]

    def answers(self) -> bool:
        """Return whether it listens, which both do last."""
        return accepts(self.port)

    @property
    def url(self) -> str:
        """Its address."""
        return f"mongodb://{self.address}/"

    def environment(self) -> dict[str, str]:
        """The address whole."""
        return {"MONGODB_URI": self.url}

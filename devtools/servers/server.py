"""The common base of our servers: its own folder and port, a start that waits until it answers, a
stop.
"""

import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from devtools.children import Process, start_child, stop_children
from devtools.ports import LOOPBACK
from devtools.steps import StepFailed

READY_SECONDS = 60
GRACE_SECONDS = 20


class Server(ABC):
    """A server on loopback.

    Args:
        folder: its data directory, made at the first start and kept over later ones.
        port: what it listens on.
        log: its output is appended there.
    """

    name: ClassVar[str]
    ready_seconds: ClassVar[float] = READY_SECONDS

    def __init__(self, folder: Path, port: int, log: Path) -> None:
        self.folder = folder
        self.port = port
        self.log = log
        self.process: Process | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Write the configuration, and at the first start the data directory."""

    @abstractmethod
    def command(self) -> list[str | Path]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Return whether it serves; OSError where it does not even listen."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """The variables that lead AI Worker to it."""

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it and return once it answers.

        Raises:
            StepFailed: it ended, or did not answer in time.
        """
        self.prepare()
        self.process = start_child(self.command(), log=self.log, last_signal=signal.SIGTERM)
        deadline = time.monotonic() + self.ready_seconds
        while not self._ready():
            ended = self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                happened = (
                    f"it ended with status {self.process.returncode}"
                    if ended
                    else f"no answer within {self.ready_seconds:g} s"
                )
                self.kill()
                raise StepFailed(
                    f"start {self.name} on {self.address}",
                    happened,
                    fix="see the log; then run this again",
                    log=self.log,
                )
            time.sleep(0.02)

    def _ready(self) -> bool:
        try:
            return self.answers()
        except OSError:
            return False

    def stop(self) -> None:
        """Stop it as its manual says, data written."""
        if self.process:
            stop_children([self.process], GRACE_SECONDS)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()

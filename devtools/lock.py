"""A lock file that says who is running: held by a living process, free the moment it is gone."""

import os
import sys
from pathlib import Path
from types import TracebackType

if sys.platform != "win32":
    import fcntl


class AlreadyRunning(Exception):
    """Another process holds the lock; `pid` is its number."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} holds the lock")
        self.pid = pid


class Lock:
    """One holder at a time.

    Windows has no flock; there the file is written, and never refused.

    Args:
        path: the lock file; it stays, only the lock on it comes and goes.
        wait: whether to wait for the holder rather than raise.
    """

    def __init__(self, path: Path, *, wait: bool = False) -> None:
        self._path = path
        self._wait = wait
        self._descriptor = -1

    def __enter__(self) -> None:
        """Take the lock.

        Raises:
            AlreadyRunning: another process has it.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        if sys.platform != "win32":
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if self._wait else fcntl.LOCK_NB))
            except BlockingIOError:
                pid = int(os.read(self._descriptor, 32) or b"0")
                os.close(self._descriptor)
                raise AlreadyRunning(pid) from None
        os.truncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the lock."""
        os.close(self._descriptor)

"""The folder of one run: its servers' data, its secrets, and what it remembers from one start to the next.

`demo` and `up` share `.local` itself and keep it; `demo --once`, `test` and `bench` have a folder each that
goes when they end.
"""

import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from devtools.children import started_at, stop_stranger
from devtools.layout import LOCAL
from devtools.lock import AlreadyRunning, Lock
from devtools.ports import free_port, is_free

GRACE_SECONDS = 20
MEMORY = Path("/dev/shm")
"""A file system in memory, where Linux has it."""
ENOUGH = 4 * 2**30
"""Bytes that must be free there, and in memory, for the data of tests; they have used less than 1 GiB."""
YOUNG_SECONDS = 60
"""A folder younger than this may belong to a run that has not yet taken its lock."""


class Instance:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = Lock(folder / "lock")
        self._state = folder / "state.json"
        self._secrets = folder / "secrets.json"

    def port(self, name: str) -> int:
        """The port of a server: the one it had last time if it is free, else a new one."""
        state = self._read(self._state)
        ports = state.setdefault("ports", {})
        if name not in ports or not is_free(ports[name]):
            ports[name] = free_port()
            self._write(self._state, state)
        return int(ports[name])

    def secret(self, name: str) -> str:
        """A random password, made once; its file is readable by its owner alone."""
        known = self._read(self._secrets)
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._write(self._secrets, known)
        return str(known[name])

    def remember(self, name: str, pid: int) -> None:
        """Note a process of ours, so that a later run can stop it should it outlive this one."""
        state = self._read(self._state)
        state.setdefault("processes", {})[name] = {"pid": pid, "started": started_at(pid)}
        self._write(self._state, state)

    def stop_leftovers(self) -> list[str]:
        """Stop processes that an earlier run left behind.

        Returns:
            Their names.
        """
        state = self._read(self._state)
        # Of a run that was killed before it could do it.
        (self.folder / "env").unlink(missing_ok=True)
        noted = state.pop("processes", {})
        stopped = [
            name
            for name, it in noted.items()
            if it["started"] and stop_stranger(it["pid"], it["started"], GRACE_SECONDS)
        ]
        if noted:
            self._write(self._state, state)
        return stopped

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    @staticmethod
    def _write(path: Path, content: dict[str, Any]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(content, file, indent=1)
        fresh.replace(path)


@contextmanager
def lasting() -> Iterator[Instance]:
    """The instance of `demo` and `up`, one at a time.

    Raises:
        AlreadyRunning: another `demo` or `up` of this working copy runs.
    """
    instance = Instance(LOCAL)
    with instance.lock:
        instance.stop_leftovers()
        yield instance


@contextmanager
def passing(purpose: str, *, in_memory: bool = False) -> Iterator[Instance]:
    """An instance in a folder of its own, removed at the end.

    Args:
        purpose: begins the folder's name.
        in_memory: keeps the servers' data in memory, where there is room. Each of some hundred databases of
            tests has sixty tables, and MariaDB waits for the disk with each.
    """
    LOCAL.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=LOCAL))
    instance = Instance(folder)
    try:
        with instance.lock:
            if in_memory and _memory_free() >= ENOUGH:
                data = tempfile.mkdtemp(prefix=f"ai-worker-{purpose}-", dir=MEMORY)
                (folder / "data").symlink_to(data, target_is_directory=True)
            yield instance
    finally:
        _remove(folder)


def _memory_free() -> int:
    """Bytes for files in memory: what their file system and the machine have left."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
        return min(shutil.disk_usage(MEMORY).free, available)
    except (OSError, StopIteration):
        return 0


def _remove(folder: Path) -> None:
    """Remove an instance's folder, with its data in memory."""
    data = folder / "data"
    if data.is_symlink() and data.exists():
        shutil.rmtree(data.resolve())
    shutil.rmtree(folder)


def remove_abandoned() -> None:
    """Remove the folders of runs that were killed before they could do it."""
    for lock in LOCAL.glob("*-*/lock"):
        if time.time() - lock.stat().st_mtime < YOUNG_SECONDS:
            continue
        instance = Instance(lock.parent)
        try:
            with instance.lock:
                instance.stop_leftovers()
                _remove(instance.folder)
        except AlreadyRunning:
            continue


def instances() -> list[Instance]:
    """The instances of this working copy that `down` stops."""
    return [Instance(LOCAL), *(Instance(lock.parent) for lock in LOCAL.glob("once-*/lock"))]

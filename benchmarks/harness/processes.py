"""The processes of an engine: started, measured through /proc, ended."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
GRACE_SECONDS = 20
PROC = Path("/proc")
ROOT = Path(__file__).resolve().parents[2]


class Program:
    """One command and every process that it starts.

    Args:
        name: for its log.
        command: program and arguments.
        environment: variables beside our own.
        folder: where it runs, away from any `.env`, and where its log lies.
    """

    def __init__(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
    ) -> None:
        self.log = folder / f"{len(list(folder.iterdir()))}-{name}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=surroundings(environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def ids(self) -> list[int]:
        """Its process ids: the first one's and its descendants'."""
        found = [self.process.pid]
        parents = _parents()
        for parent in found:
            found += [child for child, its_parent in parents.items() if its_parent == parent]
        return found

    def cpu_seconds(self) -> float:
        """User and system time of its processes so far."""
        return sum(cpu_seconds(process_id) for process_id in self.ids())

    def peak_megabytes(self) -> float:
        """The most memory that the largest of its processes has had in RAM."""
        return max(_peak_megabytes(process_id) for process_id in self.ids())

    def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL for whatever of it does not listen."""
        self.process.terminate()
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """Our environment with these variables, for a process that runs in another folder and imports from this
    one.
    """
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}


def cpu_seconds(process_id: int) -> float:
    """User and system time of one process and of the children that it has waited for; 0 once it is gone."""
    fields = _stat(process_id)
    return sum(int(field) for field in fields[11:15]) / TICKS if fields else 0.0


def listener(port: int) -> int | None:
    """The process of this machine that listens on the TCP port, as far as we may see."""
    sockets = {
        line.split()[9]
        for table in ("tcp", "tcp6")
        for line in (PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == port
    }
    for process_id in _processes():
        with suppress(OSError):
            for descriptor in (PROC / str(process_id) / "fd").iterdir():
                with suppress(OSError):
                    if str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]") in sockets:
                        return process_id
    return None


def busy_seconds() -> float:
    """CPU time that this machine has spent on anything, over all cores."""
    line = (PROC / "stat").read_text(encoding="ascii").splitlines()[0].split()
    user, nice, system, _, _, interrupts, soft_interrupts = (int(field) for field in line[1:8])
    return (user + nice + system + interrupts + soft_interrupts) / TICKS


def _peak_megabytes(process_id: int) -> float:
    try:
        lines = (PROC / str(process_id) / "status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _parents() -> dict[int, int]:
    return {process_id: int(fields[1]) for process_id in _processes() if (fields := _stat(process_id))}


def _processes() -> list[int]:
    return [int(folder.name) for folder in PROC.iterdir() if folder.name.isdecimal()]


def _stat(process_id: int) -> list[str]:
    """The fields of /proc/…/stat from the state on; none once the process is gone."""
    try:
        return (
            (PROC / str(process_id) / "stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return []

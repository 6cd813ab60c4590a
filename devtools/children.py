"""Child processes that do not outlive us, and how to know one again by more than its number."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devtools.layout import ON_WINDOWS, ROOT

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.1
FOREGROUND_GRACE_SECONDS = 30
KILL = signal.SIGTERM if ON_WINDOWS else signal.SIGKILL

Process = subprocess.Popen[bytes]


def start_child(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    last_signal: int = KILL,
) -> Process:
    """Start a process in a session of its own, so that Ctrl-C reaches us alone and we stop things in order.

    Args:
        command: program and arguments.
        log: where its output is appended.
        environment: of the process; ours by default.
        last_signal: what Linux sends it when the thread that called this is gone, even by SIGKILL.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=not ON_WINDOWS,
            preexec_fn=_follow_parent(last_signal),
        )


def run_at_terminal(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    meanwhile: Callable[[], None] | None = None,
    *,
    folder: Path = ROOT,
) -> int:
    """Run a command that owns the terminal until it ends.

    Args:
        command: program and arguments.
        environment: of the process.
        meanwhile: called a few times a second; what it raises ends the command and is passed on.
        folder: in which it runs.

    Returns:
        Its exit status.
    """
    child = subprocess.Popen(command, cwd=folder, env=environment, preexec_fn=_follow_parent(signal.SIGTERM))
    try:
        while True:
            try:
                return child.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if meanwhile:
                    meanwhile()
    except BaseException as fault:
        # Ctrl-C reaches both of us. Of anything else it hears from us, as a Ctrl-C too, so that it gives the
        # terminal back as it was.
        if type(fault) is not KeyboardInterrupt and not ON_WINDOWS:
            child.send_signal(signal.SIGINT)
        _end_within(child, FOREGROUND_GRACE_SECONDS)
        raise


def _end_within(child: Process, seconds: float) -> None:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _follow_parent(last_signal: int) -> Callable[[], None] | None:
    """The preparation of a child before its program starts, so that Linux ends it when we are gone; best
    effort, nothing elsewhere.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def follow() -> None:
        libc.prctl(PR_SET_PDEATHSIG, last_signal)
        if os.getppid() != parent:  # It died before the line above.
            os._exit(1)

    return follow


def stop_children(children: Sequence[Process], grace: float) -> None:
    """Ask processes to end (SIGTERM), and after `grace` seconds for all of them end those that did not
    (SIGKILL).
    """
    for child in children:
        child.terminate()
    deadline = time.monotonic() + grace
    for child in children:
        _end_within(child, max(0, deadline - time.monotonic()))


def started_at(pid: int) -> str | None:
    """The start of the living process with this number, or None; number and start together name one
    process for good.
    """
    try:
        if sys.platform == "linux":
            state, *fields = (
                Path(f"/proc/{pid}/stat")
                .read_text(encoding="utf-8", errors="replace")
                .rpartition(")")[2]
                .split()
            )
            return None if state == "Z" else fields[18]
        listed = subprocess.run(
            ["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True, check=False
        )
        return listed.stdout.strip() or None
    except (FileNotFoundError, ProcessLookupError):
        return None


def stop_stranger(pid: int, started: str, grace: float) -> bool:
    """Stop a process that an earlier run of ours started, if it is still the same one.

    Returns:
        Whether there was anything to stop.
    """
    if started_at(pid) != started:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while started_at(pid) == started:
        if time.monotonic() > deadline:
            os.kill(pid, KILL)
            break
        time.sleep(0.05)
    return True

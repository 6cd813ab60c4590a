"""Keeps processes running: starts again what dies, and says so when that does not help."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.children import POLL_SECONDS, Process, run_at_terminal, start_child, stop_children
from devtools.ports import accepts
from devtools.processes import Program
from devtools.steps import StepFailed, announce

GRACE_SECONDS = 20
READY_SECONDS = 60
HEAR_EVERY_SECONDS = 10


@dataclass(frozen=True)
class Patience:
    """The number of times that a process may die.

    Args:
        first_delay: seconds before the first restart; doubled for each further one.
        healthy_after: seconds of life after which earlier deaths are forgotten.
        restarts: in a row before giving up.
        hears_after: seconds of life before which no process is called deaf: as long as a heartbeat may take.
    """

    first_delay: float = 0.5
    healthy_after: float = 10
    restarts: int = 5
    hears_after: float = 150


@dataclass
class _Kept:
    program: Program
    log: Path
    child: Process
    started: float
    deaths: int = 0
    due: float | None = None
    """The moment to start it again, while it is dead."""


class Supervisor:
    """A set of processes, watched from one thread.

    Args:
        environment: of the processes.
        logs: the folder of their logs.
        python: the interpreter that runs the programs.
        remember: called with the name and number of every process started.
        patience: when to give up.
        deaf: names the programs that live and take no messages; they are killed and started again.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        logs: Path,
        *,
        python: str | Path,
        remember: Callable[[str, int], None],
        patience: Patience | None = None,
        deaf: Callable[[], set[str]] | None = None,
    ) -> None:
        self._environment = environment
        self._logs = logs
        self._remember = remember
        self._patience = patience or Patience()
        self._python = python
        self._deaf = deaf
        self._heard = time.monotonic()
        self._kept: list[_Kept] = []
        self._held_back: list[str] | None = None
        """Lines for the person at the terminal, while a command owns it."""

    def start(self, program: Program) -> None:
        """Start a process and keep it running from here on."""
        announce(f"Start {program.name}" + (f" on port {program.port}" if program.port else ""))
        log = self._logs / f"{program.name}.log"
        log.unlink(missing_ok=True)
        self._kept.append(_Kept(program, log, self._launch(program, log), time.monotonic()))

    def wait_until_listening(self) -> None:
        """Return once every process with a port accepts connections.

        Raises:
            StepFailed: one did not in time, or keeps dying.
        """
        deadline = time.monotonic() + READY_SECONDS
        for kept in self._kept:
            port = kept.program.port
            while port and not accepts(port):
                if time.monotonic() > deadline:
                    reason = f"port {port} has no listener after {READY_SECONDS} s"
                    raise StepFailed(f"start {kept.program.name}", reason, fix="see the log", log=kept.log)
                self._pause()

    def watch(self) -> None:
        """Keep everything running until an exception ends it: Ctrl-C, or giving up.

        Raises:
            StepFailed: a process keeps dying.
        """
        while True:
            self._pause()

    def run(self, step: str, command: Sequence[str | Path]) -> None:
        """Run a command at the terminal to its end, and keep everything running meanwhile.

        Args:
            step: what the command is for, named when it fails.
            command: after the interpreter.

        Raises:
            StepFailed: it failed, or a process keeps dying.
        """
        self._held_back = []
        try:
            status = run_at_terminal([self._python, *command], self._environment, self.check)
        finally:
            held_back, self._held_back = self._held_back, None
            for line in held_back:
                announce(line)
        if status:
            raise StepFailed(
                step,
                f"it ended with status {status}; its output stands above",
                fix="see the logs in .local/log",
            )

    def stop(self) -> None:
        """Stop every process."""
        children = [kept.child for kept in self._kept]
        self._kept.clear()
        stop_children(children, GRACE_SECONDS)

    def check(self) -> None:
        """Look after every process once.

        Raises:
            StepFailed: one keeps dying.
        """
        now = time.monotonic()
        self._listen(now)
        for kept in self._kept:
            if kept.due is not None:
                if now >= kept.due:
                    kept.child, kept.started, kept.due = self._launch(kept.program, kept.log), now, None
            elif kept.child.poll() is not None:
                self._died(kept, now)

    def _listen(self, now: float) -> None:
        if self._deaf is None or now - self._heard < min(HEAR_EVERY_SECONDS, self._patience.hears_after):
            return
        self._heard = now
        deaf = self._deaf()
        for kept in self._kept:
            if (
                kept.program.name in deaf
                and kept.due is None
                and now - kept.started > self._patience.hears_after
            ):
                self._tell(f"{kept.program.name} is alive but takes no messages")
                kept.child.kill()
                kept.child.wait()

    def _died(self, kept: _Kept, now: float) -> None:
        if now - kept.started > self._patience.healthy_after:
            kept.deaths = 0
        kept.deaths += 1
        status, name = kept.child.returncode, kept.program.name
        if kept.deaths > self._patience.restarts:
            reason = f"it died {kept.deaths} times in a row, the last time with status {status}"
            raise StepFailed(
                f"keep {name} running", reason, fix="see the log; then run this again", log=kept.log
            )
        delay = self._patience.first_delay * 2 ** (kept.deaths - 1)
        self._tell(f"{name} ended with status {status}; started again in {delay:g} s")
        kept.due = now + delay

    def _launch(self, program: Program, log: Path) -> Process:
        child = start_child([self._python, "-m", *program.arguments], log=log, environment=self._environment)
        self._remember(program.name, child.pid)
        return child

    def _pause(self) -> None:
        self.check()
        time.sleep(POLL_SECONDS)

    def _tell(self, line: str) -> None:
        if self._held_back is None:
            announce(line)
        else:
            self._held_back.append(line)

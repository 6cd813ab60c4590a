"""A step of the set-up: announced, and when it fails, named together with its log and its fix."""

import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill

from devtools.layout import ROOT

TAIL_LINES = 12
WIDTH = 80


class StepFailed(Exception):
    """A step could not be done.

    Args:
        step: what was being done.
        reason: what happened, as a sentence.
        fix: what to do about it.
        log: the file that tells more; its last lines become part of the message.
    """

    def __init__(self, step: str, reason: str, *, fix: str, log: Path | None = None) -> None:
        lines = [f"FAILED: {step}", f"  {reason}"]
        if log and log.exists():
            lines += [f"  | {line}" for line in tail(log)]
        if log:
            lines.append(f"  log: {shown(log)}")
        lines.append(f"  fix: {fix}")
        super().__init__("\n".join(lines))


def announce(step: str) -> None:
    """Tell the person at the terminal what happens now."""
    print(fill(f"==> {step}", WIDTH, subsequent_indent="    ", break_on_hyphens=False), flush=True)


def shown(path: Path) -> str:
    """A path as it is typed from the repository's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def tail(log: Path) -> list[str]:
    """The last lines of a log, without empty ones."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return list(deque((line.rstrip() for line in lines if line.strip()), maxlen=TAIL_LINES))


def run_logged(
    step: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    fix: str,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Announce a step and run a command whose output goes to a log.

    Args:
        step: what is announced, and named when it fails.
        command: program and arguments.
        log: appended to.
        fix: what to do when the command fails.
        environment: of the command; ours by default.

    Raises:
        StepFailed: the command ended with another status than 0.
    """
    announce(step)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if ended.returncode:
        raise StepFailed(
            step, f"{Path(command[0]).name} ended with status {ended.returncode}", fix=fix, log=log
        )

"""The checks that need no server: style, format, types, layers."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools.children import start_child, stop_children
from devtools.interrupt import undisturbed
from devtools.layout import ROOT, venv_program
from devtools.steps import announce

CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",))
GRACE_SECONDS = 5


def failed_checks() -> list[str]:
    """Run every check, whatever becomes of the others.

    Returns:
        Those that failed, as they are typed to run them again.
    """
    return [" ".join(check) for check in CHECKS if not _passes(check)]


def _passes(check: tuple[str, ...]) -> bool:
    announce(" ".join(check))
    return subprocess.run([venv_program(check[0]), *check[1:]], cwd=ROOT, check=False).returncode == 0


@contextmanager
def checks_beside(logs: Path) -> Iterator[Callable[[], list[str]]]:
    """Run every check beside what the `with` does; one that still runs at its end is stopped.

    Args:
        logs: the folder for their output.

    Yields:
        A function that waits for them, prints their output whole, and returns those that failed.
    """
    announce(f"Beside all that follows: {', '.join(' '.join(check) for check in CHECKS)}")
    logs_of = {check: logs / f"check-{place}-{check[0]}.log" for place, check in enumerate(CHECKS)}
    for log in logs_of.values():
        log.unlink(missing_ok=True)
    running = {
        check: start_child([venv_program(check[0]), *check[1:]], log=log) for check, log in logs_of.items()
    }

    def failed() -> list[str]:
        statuses = {check: child.wait() for check, child in running.items()}
        for check, log in logs_of.items():
            announce(" ".join(check))
            print(log.read_text(encoding="utf-8", errors="replace"), end="", flush=True)
        return [" ".join(check) for check, status in statuses.items() if status]

    try:
        yield failed
    finally:
        with undisturbed():
            stop_children([child for child in running.values() if child.poll() is None], GRACE_SECONDS)

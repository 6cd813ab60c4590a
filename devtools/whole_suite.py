"""Every test side by side, and then alone what failed beside others.

Tests wait for real processes, so on a busy machine one may run out of its time that passes alone. Such a
test does not fail the run, but the output names it: it wants looking at, and a fault that needs company shows
there.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from devtools.children import run_at_terminal
from devtools.layout import ROOT, venv_program
from devtools.steps import announce

TESTS_FAILED = 1
"""Pytest's exit status where tests were run and some failed."""
WORKERS = str((os.cpu_count() or 2) + 4)
"""Of pytest: more than cores, since most of an acceptance test's time is waiting for processes and models."""
MOST_AGAIN = 20
"""More failures are no chance, and alone they would take an hour."""
_AGAIN = ("--last-failed", "--last-failed-no-failures", "none", "-n", "0")
_LAST_FAILED = Path(".pytest_cache") / "v" / "cache" / "lastfailed"


def run_whole_suite(environment: Mapping[str, str], options: Sequence[str] = (), root: Path = ROOT) -> int:
    """Run the tests below `root`.

    Args:
        environment: leads pytest to the servers.
        options: of pytest, for the first run.
        root: the folder in which pytest runs.

    Returns:
        Pytest's exit status: 0 also where every test that failed has passed alone.
    """
    pytest: list[str | Path] = [venv_program("pytest"), "--rootdir", root]
    status = run_at_terminal(
        [*pytest, *options, "--cache-clear", "-n", WORKERS, "--dist", "worksteal"], environment, folder=root
    )
    failed = _last_failed(root)
    if status != TESTS_FAILED or not failed:
        return status
    if len(failed) > MOST_AGAIN:
        announce(f"{len(failed)} tests failed, more than {MOST_AGAIN}: none is run again")
        return status
    announce("Run once more, alone, what failed while other tests ran beside it")
    status = run_at_terminal([*pytest, *_AGAIN], environment, folder=root)
    still = _last_failed(root)
    _tell("Failed beside other tests, passed alone", [name for name in failed if name not in still])
    _tell("Failed both times", still)
    return status


def _last_failed(root: Path) -> list[str]:
    """The tests that failed when they last ran, as pytest keeps them."""
    kept = root / _LAST_FAILED
    return list(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else []


def _tell(what: str, tests: Sequence[str]) -> None:
    if tests:
        announce(f"{what}: {len(tests)}")
        print("\n".join(f"  {test}" for test in tests), flush=True)

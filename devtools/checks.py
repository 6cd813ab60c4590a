"""The checks that need no server: style, format, types, layers."""

import subprocess

from devtools.layout import ROOT, venv_program
from devtools.steps import announce

CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports",))


def failed_checks() -> list[str]:
    """Run every check, whatever becomes of the others.

    Returns:
        Those that failed, as they are typed to run them again.
    """
    return [" ".join(check) for check in CHECKS if not _passes(check)]


def _passes(check: tuple[str, ...]) -> bool:
    announce(" ".join(check))
    return subprocess.run([venv_program(check[0]), *check[1:]], cwd=ROOT, check=False).returncode == 0

"""Places of things in a working copy."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
"""Everything that dev.py writes, but for the virtual environment."""
LOGS = LOCAL / "log"
ON_WINDOWS = os.name == "nt"

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
"""Folders in which distributions keep servers, although PATH seldom names it except for root."""


def venv_program(name: str) -> Path:
    """The path of a program of the virtual environment, whether it is there yet or not."""
    return VENV / "Scripts" / f"{name}.exe" if ON_WINDOWS else VENV / "bin" / name


def find_program(*names: str) -> str | None:
    """The path of the first of `names` that is installed on this machine."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)

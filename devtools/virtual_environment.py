"""The virtual environment, with exactly the pinned requirements and the project itself in it."""

import hashlib
import subprocess
import sys
from pathlib import Path

from devtools.layout import LOCAL, LOGS, ROOT, VENV, venv_program
from devtools.lock import Lock
from devtools.steps import announce, run_logged

READ_BY_PIP = ("requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml")
STAMP = VENV / "installed.sha256"
CAN_INSTALL = (
    "import importlib.util, sys; sys.exit(sys.version_info < (3, 11) or not importlib.util.find_spec('pip'))"
)
COMPILE = """
import compileall, sysconfig
for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
    compileall.compile_dir(folder, quiet=2, workers=0)
"""
"""Writes the bytecode of all packages; pip would do it on one core."""


def usable() -> bool:
    """Return whether the environment is there, of a Python we run on, with pip."""
    python = venv_program("python")
    try:
        return (
            python.exists()
            and subprocess.run([python, "-c", CAN_INSTALL], check=False, capture_output=True).returncode == 0
        )
    except OSError:
        return False


def provide() -> None:
    """Make the environment and install into it; nothing to do when nothing changed.

    Raises:
        StepFailed: venv or pip failed.
    """
    with Lock(LOCAL / "install.lock", wait=True):
        if not usable():
            _make()
        wanted = _wanted()
        if STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
            announce("Requirements are installed")
            return
        _install()
        STAMP.write_text(wanted, encoding="utf-8")


def _make() -> None:
    fix = (
        f"remove {VENV} and run this again with a Python that has the venv module (Debian: "
        f"apt-get install python3-venv)"
    )
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    run_logged(
        f"Make the virtual environment .venv with Python {sys.version.split()[0]}",
        command,
        log=LOGS / "venv.log",
        fix=fix,
    )


def _wanted() -> str:
    """A digest of all that decides what is installed, and where: the editable install names this folder."""
    digest = hashlib.sha256(str(ROOT).encode())
    for path in [VENV / "pyvenv.cfg", *(ROOT / name for name in READ_BY_PIP)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _install() -> None:
    pip: list[str | Path] = [
        venv_program("python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
    ]
    log = LOGS / "pip.log"
    fix = (
        "see the log; without a network, point pip at an index that can be reached "
        "(PIP_INDEX_URL) and run this again"
    )
    requirements = ["--requirement", "requirements-dev.txt", "--constraint", "constraints.txt"]
    run_logged(
        "Install the pinned requirements (a minute or two the first time)",
        [*pip, "--no-compile", *requirements],
        log=log,
        fix=fix,
    )
    _compile()
    project = ["--no-deps", "--no-build-isolation", "--editable", "."]
    run_logged("Install AI Worker itself, editable", [*pip, *project], log=log, fix="see the log")


def _compile() -> None:
    announce("Compile what is installed, on all cores")
    # A file that is not Python of this version stays as it is: it is never imported.
    subprocess.run([venv_program("python"), "-c", COMPILE], check=True, stdin=subprocess.DEVNULL)

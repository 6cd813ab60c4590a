"""The virtual environment of the peers that the project itself has no use for: beside the project's, never in
it.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
FOLDER = ROOT / ".local" / "peers"


def provide() -> Path | None:
    """Make the environment unless it is there, saying so.

    Returns:
        Its Python; None where the packages cannot be had.
    """
    python = FOLDER / "bin" / "python"
    stamp = FOLDER / "installed.sha256"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return python
    print(
        f"==> Install the peers of benchmarks/requirements.txt into {FOLDER.relative_to(ROOT)} "
        f"(the project's .venv stays as it is)"
    )
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--requirement",
        REQUIREMENTS,
    ]
    for command in ([sys.executable, "-m", "venv", FOLDER], pip):
        if subprocess.run(command, check=False).returncode:
            print("==> They cannot be installed: dramatiq, taskiq and bare asyncio are left out")
            return None
    stamp.write_text(wanted, encoding="ascii")
    return python

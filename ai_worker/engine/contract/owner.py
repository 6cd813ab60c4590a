"""Lease tokens that name the process that holds them, so that a process of the same machine can tell that it
is gone and need not wait for the end of its leases.

Only certain knowledge counts: the same boot of the same kernel, the same namespace of processes, and no
process with that id and start. Of any other owner, on another machine or in another container, nothing is
known but its lease.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

PLACE, OWNER, LENGTH = 8, 18, 32
"""Hexadecimal digits of a token that name the machine, and the machine with the process, and all of them."""
_PID, _START = 6, 4
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
_ENDED = "ZX"
"""States of a process that only waits to be reaped."""


def new_token() -> str:
    """A token of this process, 32 hexadecimal digits that no other token has."""
    return f"{_mine(os.getpid())}{uuid4().hex}"[:LENGTH]


def place() -> str:
    """The first digits of the tokens of every process that this one can look at; empty where the system does
    not let processes be distinguished.
    """
    return _mine(os.getpid())[:PLACE]


def is_gone(owner: str) -> bool:
    """True where the process that these first digits of a token name has certainly ended."""
    if not place() or owner[:PLACE] != place():
        return False
    pid, start = int(owner[PLACE : PLACE + _PID], 16), owner[PLACE + _PID : OWNER]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    found = _stat(pid)
    return found is not None and (found[0] in _ENDED or found[1] != start)


@lru_cache(maxsize=2)
def _mine(pid: int) -> str:
    found = _stat(pid)
    try:
        where = f"{_BOOT_ID.read_text(encoding='ascii')}{_NAMESPACE.readlink()}"
    except OSError:
        return ""
    if found is None:
        return ""
    return f"{hashlib.sha256(where.encode()).hexdigest()[:PLACE]}{pid:0{_PID}x}{found[1]}"


def _stat(pid: int) -> tuple[str, str] | None:
    """State and start of a process; None where they cannot be read."""
    try:
        # The name in parentheses may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2]
    except OSError:
        return None
    known = fields.split()
    return known[0], f"{int(known[19]) % 16**_START:0{_START}x}"

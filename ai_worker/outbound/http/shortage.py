"""Faults of this process or machine that say nothing of the other side: no file, port or memory left for a
connection.
"""

import errno
import os
import socket

from ai_worker.outbound.errors import LocalShortage

SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL}
RESOLVER_SHORTAGES = {getattr(socket, name) for name in ("EAI_MEMORY", "EAI_SYSTEM") if hasattr(socket, name)}
PAUSE_SECONDS = 5.0
"""Before a row is tried again that found no file or port left."""


def is_local(fault: OSError) -> bool:
    """Whether the fault lies with this process or machine."""
    if isinstance(fault, socket.gaierror):
        return fault.errno in RESOLVER_SHORTAGES
    return fault.errno in SHORTAGES


def shortage(fault: OSError) -> LocalShortage:
    """The error of a call that never left for such a fault."""
    kind = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else type(fault).__name__
    how = "raise LimitNOFILE or `ulimit -n`, or start the worker with fewer slots"
    return LocalShortage(f"no connection: {kind} in this process - {how}", retry_after=PAUSE_SECONDS)

"""TCP ports of the loopback interface that are free."""

import secrets
import socket

from devtools.layout import ON_WINDOWS

LOOPBACK = "127.0.0.1"
FIRST, LAST = 20_000, 31_999
"""Below the ports that Linux hands to outgoing connections (32768 and up), which could take a free one before
its server does.
"""


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port."""
    with socket.socket() as candidate:
        if not ON_WINDOWS:  # There the option would let two servers share a port.
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


_drawn: set[int] = set()
"""By this process, whose servers may not listen yet."""


def free_port() -> int:
    """A port without a listener, drawn at random so that two runs at once seldom draw the same, and never
    twice by one process. Tests seed `random`, so the lot is the system's.
    """
    drawn = iter(lambda: FIRST + secrets.randbelow(LAST - FIRST + 1), None)
    port = next(port for port in drawn if port not in _drawn and is_free(port))
    _drawn.add(port)
    return port


def accepts(port: int) -> bool:
    """Return whether the port has a listener."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False

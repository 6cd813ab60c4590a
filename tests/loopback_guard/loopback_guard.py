"""Keeps a Python process on this machine: a connection to elsewhere, or a look-up of a strange name, is an
error.

An audit hook sees every socket of the interpreter, those of gevent and asyncio too, and cannot be undone.
"""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

ALLOWED = "LOOPBACK_GUARD_ALLOWED"
"""Variable: hosts of servers that the person running the tests named, and their addresses, separated by
commas.
"""
REPORT = "LOOPBACK_GUARD_REPORT"
"""Variable: the file that takes a line for every breach, since the code at fault may swallow the
exception.
"""

SENDING = ("socket.connect", "socket.sendto", "socket.sendmsg")
LOOKING_UP = "socket.getaddrinfo"


class LeftTheMachine(RuntimeError):
    """Code under test tried to reach another machine."""


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook.

    Args:
        event: what is about to happen.
        arguments: its details, as Python's table of audit events lists them.

    Raises:
        LeftTheMachine: it would leave this machine.
    """
    if event in SENDING:
        opened, address = arguments
        if opened.family in (socket.AF_INET, socket.AF_INET6) and address and not is_here(address[0]):
            refuse(event, address)
    elif event == LOOKING_UP and not is_here(arguments[0]):
        refuse(event, arguments[0])


def is_here(host: str | bytes | None) -> bool:
    """Whether a host is this machine, or one that the tests were told to use."""
    name = host.decode() if isinstance(host, bytes) else host
    if (
        not name
        or name in ("localhost", socket.gethostname())
        or name in os.environ.get(ALLOWED, "").split(",")
    ):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse(event: str, target: object) -> None:
    """Report a breach and raise."""
    breach = f"{event} {target!r} by process {os.getpid()}: {' '.join(sys.orig_argv)}"
    if path := os.environ.get(REPORT):
        with Path(path).open("a", encoding="utf-8") as report:
            report.write(breach + "\n")
    raise LeftTheMachine(breach)


sys.addaudithook(watch)

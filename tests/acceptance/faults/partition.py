"""The network between one worker and its servers, to be cut in two.

Where the kernel lets a test make network namespaces, the worker runs in one of its own, and a cut has its
packets go astray: nothing is refused, closed or reset, and after the cut what was sent meanwhile arrives
late. Elsewhere proxies swallow what passes.
"""

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from devtools.ports import LOOPBACK
from tests.acceptance.faults.proxy import Proxy

NOWHERE = "02:00:00:00:00:01"
"""A hardware address that no interface has: what is sent there is lost without a sign."""


class Partition(Protocol):
    """Servers as one worker reaches them.

    Args:
        launcher: what the command of the worker begins with.
    """

    launcher: Sequence[str]

    def through(self, port: int, *, cut: bool = True) -> tuple[str, int]:
        """The address at which the worker finds a server of this machine.

        Args:
            cut: whether `cut` takes it away.
        """
        ...

    def cut(self) -> None:
        """Lose everything between the worker and the servers that may be cut off."""
        ...

    def heal(self) -> None:
        """Let everything pass again."""
        ...


@contextmanager
def partition() -> Iterator[Partition]:
    """The network of one worker; gone afterwards."""
    with ExitStack() as stack:
        yield Namespace(stack) if _allowed() else Proxies(stack)


def _allowed() -> bool:
    if shutil.which("ip") is None:
        return False
    name = f"aiw-{secrets.token_hex(3)}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return False
    tried = subprocess.run(["ip", "netns", "exec", name, "true"], capture_output=True).returncode
    _ip("netns", "delete", name)
    return tried == 0


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, encoding="utf-8", timeout=10)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
    return done.stdout


class _Cable:
    """A pair of interfaces: one of this machine, one of a namespace."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        number = secrets.token_hex(3)
        self._ends = f"aiw-{number}-h", f"aiw-{number}-n"
        subnet = f"10.213.{secrets.randbelow(256)}"
        block = 4 * secrets.randbelow(64)
        self.host, self._guest = f"{subnet}.{block + 1}", f"{subnet}.{block + 2}"
        _ip("link", "add", self._ends[0], "type", "veth", "peer", "name", self._ends[1], "netns", namespace)
        _ip("address", "add", f"{self.host}/30", "dev", self._ends[0])
        _ip("link", "set", self._ends[0], "up")
        _ip("-n", namespace, "address", "add", f"{self._guest}/30", "dev", self._ends[1])
        _ip("-n", namespace, "link", "set", self._ends[1], "up")

    def cut(self) -> None:
        """Send the packets of both ends to an address that nobody has."""
        for end, other, options in self._directions():
            entry = ("neighbour", "replace", other, "lladdr", NOWHERE, "dev", end, "nud", "permanent")
            _ip(*options, *entry)

    def heal(self) -> None:
        """Have both ends look for each other's address again."""
        for end, other, options in self._directions():
            _ip(*options, "neighbour", "delete", other, "dev", end)

    def _directions(self) -> list[tuple[str, str, tuple[str, ...]]]:
        host_end, guest_end = self._ends
        return [(host_end, self._guest, ()), (guest_end, self.host, ("-n", self._namespace))]


class Namespace:
    """A network namespace, with one cable to the servers that may be cut off and one to the others."""

    def __init__(self, stack: ExitStack) -> None:
        name = f"aiw-{secrets.token_hex(3)}"
        _ip("netns", "add", name)
        # Its interfaces go with it, and so do their other ends.
        stack.callback(_ip, "netns", "delete", name)
        _ip("-n", name, "link", "set", "lo", "up")
        self._stack = stack
        self._cables = {cut: _Cable(name) for cut in (True, False)}
        self.launcher = ("ip", "netns", "exec", name)

    def through(self, port: int, *, cut: bool = True) -> tuple[str, int]:
        """See `Partition.through`."""
        proxy = self._stack.enter_context(Proxy(port, self._cables[cut].host))
        return self._cables[cut].host, proxy.port

    def cut(self) -> None:
        """See `Partition.cut`."""
        self._cables[True].cut()

    def heal(self) -> None:
        """See `Partition.heal`."""
        self._cables[True].heal()


class Proxies:
    """Proxies in front of the servers."""

    launcher = ()

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._cut_off: list[Proxy] = []

    def through(self, port: int, *, cut: bool = True) -> tuple[str, int]:
        """See `Partition.through`."""
        proxy = self._stack.enter_context(Proxy(port))
        if cut:
            self._cut_off.append(proxy)
        return LOOPBACK, proxy.port

    def cut(self) -> None:
        """See `Partition.cut`."""
        for proxy in self._cut_off:
            proxy.turn("blackholed")

    def heal(self) -> None:
        """See `Partition.heal`."""
        for proxy in self._cut_off:
            proxy.turn("well")

"""The addresses that a tool may call: a host that is allowed by name, and an address of it that is out in the
world.

The name is resolved here and the connection made to the address that was checked, so that a second answer of
its name server changes nothing (DNS rebinding). Private, loopback, link-local and reserved networks are
refused, also where they are wrapped in IPv6.
"""

import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from ai_worker.pipelines.assistants.tools.contract import ToolFault

PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Address("64:ff9b::")


@dataclass(frozen=True, slots=True)
class Target:
    """A server that may be called.

    Args:
        path: with the query.
        address: the IP address to connect to.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: str


def target_of(url: str, allowed: Collection[str], private: Collection[str]) -> Target:
    """The server that a URL leads to, if a tool may go there.

    Args:
        allowed: hosts as `host` or `host:port`.
        private: those that may be on a private network.

    Raises:
        ToolFault: it may not; the message names no address.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
    except ValueError:
        raise ToolFault("the tool's URL is malformed") from None
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise ToolFault("the tool's URL must be http or https, with a host and without a login")
    names = {host, f"{host}:{port or PORTS[parts.scheme]}"}
    if not names & set(allowed):
        raise ToolFault(f"the host {host} is not among those that tools may call (TOOL_HOSTS)")
    port = port or PORTS[parts.scheme]
    address = _resolved(host, port, is_private_allowed=bool(names & set(private)))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, address)


def is_outside(address: str) -> bool:
    """Return True for an address of the public internet."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _wrapped(found)
        if inner is not None:
            return is_outside(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that one of IPv6 stands for: mapped, 6to4, Teredo, NAT64, or the old compatible
    form.
    """
    if address.teredo is not None:
        return address.teredo[1]
    if address.ipv4_mapped is not None or address.sixtofour is not None:
        return address.ipv4_mapped or address.sixtofour
    number = int(address)
    if number >> 32 in (0, int(_NAT64) >> 32) and number > 1:
        return IPv4Address(number & 0xFFFFFFFF)
    return None


def _resolved(host: str, port: int, *, is_private_allowed: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ToolFault(f"the host {host} has no address") from None
    addresses = [str(entry[4][0]) for entry in found]
    # All of them: one that leads inside is reason enough to trust none.
    if not is_private_allowed and not all(map(is_outside, addresses)):
        raise ToolFault(
            f"the host {host} is on a private network, where tools may not go (TOOL_PRIVATE_HOSTS)"
        )
    return addresses[0]

"""IPv4 and IPv6 addresses."""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address, ip_address, ip_network

from ai_worker.llm.redaction.spans import Span

_V4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_BEFORE_V4 = re.compile(r"(?:[0-9]|[0-9]\.)\Z")
_AFTER_V4 = re.compile(r"\.?[0-9]")
_V6_FROM_COLON = re.compile(r":[0-9A-Fa-f:.]+")
_V6_BEFORE_COLON = re.compile(r"[0-9A-Fa-f]{0,4}\Z")
_LONGEST_V6 = 45
_VERSION = re.compile(
    r"(?:\bv\.?|versi\w*|wersj\w*|verz\w*|верси\w*|версі\w*|版本|build|driver|firmware|release)\s?\Z",
    re.IGNORECASE,
)
_NO_HOST = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "127.0.0.0/8",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "::/127",
        "2001:db8::/32",
        "3fff::/20",
    )
)
"""Loopback, unspecified, multicast and broadcast addresses, and those of documentation (RFC 5737, RFC 3849,
RFC 9637)."""


class IpAddresses:
    """Finds addresses in their usual forms, with leading zeros too. A chain of more or fewer than four
    numbers is none."""

    def find(self, text: str) -> Iterator[Span]:
        """Every address in the text."""
        if text.count(".") >= 3:
            for match in _V4.finditer(text):
                if self._is_v4(text, match):
                    yield Span(*match.span(), "IP")
        if text.count(":") >= 2:
            for match in _V6_FROM_COLON.finditer(text):
                yield from self._v6(text, *match.span())

    @staticmethod
    def _is_v4(text: str, match: re.Match[str]) -> bool:
        start, end = match.span()
        return (
            all(int(number) <= 255 for number in match.group().split("."))
            and _is_host(".".join(str(int(number)) for number in match.group().split(".")))
            and _VERSION.search(text, max(0, start - 20), start) is None
            and _BEFORE_V4.search(text, max(0, start - 2), start) is None
            and _AFTER_V4.match(text, end) is None
        )

    @staticmethod
    def _v6(text: str, colon: int, end: int) -> Iterator[Span]:
        end = colon + len(text[colon:end].rstrip("."))
        if text.count(":", colon, end) < 2 or end - colon > _LONGEST_V6 or text[end : end + 1].isalnum():
            return
        before = _V6_BEFORE_COLON.search(text, max(0, colon - 4), colon)
        start = colon if before is None else before.start()
        if text[max(0, start - 1) : start].isalnum():
            return
        for last in (end, end - 1):
            written = text[start:last]
            if any(digit in written for digit in "0123456789"):
                try:
                    IPv6Address(written)
                except AddressValueError:
                    continue
                if _is_host(written):
                    yield Span(start, last, "IP")
                return


@lru_cache(maxsize=256)
def _is_host(written: str) -> bool:
    address = ip_address(written)
    return not any(address in network for network in _NO_HOST if network.version == address.version)

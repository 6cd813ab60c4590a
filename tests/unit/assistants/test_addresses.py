"""Where tools may go: nowhere but to allowed hosts, and never into this network."""

import socket
from typing import Any

import pytest

from ai_worker.pipelines.assistants.tools.contract import ToolFault
from ai_worker.pipelines.assistants.tools.outside.addresses import is_outside, target_of

INSIDE = [
    *(
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
    ),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "::7f00:1",
        "2002:a9fe:a9fe::1",
    ),
]


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_of_private_networks_are_inside(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_outside(address: str) -> None:
    assert is_outside(address)


def _resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize(
    "url",
    [
        "http://other.example/",
        "ftp://api.example/",
        "file:///etc/passwd",
        "http://user:pass@api.example/",
        "http://api.example@evil.example/",
        "http://evil.example#@api.example/",
        "http://api.example.evil.example/",
        "http://",
        "http://[::1/",
        "http://api.example:99999/",
        "gopher://api.example/",
    ],
)
def test_urls_that_lead_elsewhere_are_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    _resolving(monkeypatch, "8.8.8.8")
    with pytest.raises(ToolFault):
        target_of(url, ["api.example"], [])


def test_an_allowed_host_is_called_at_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch, "8.8.8.8")
    found = target_of("https://API.example./v1?q=1", ["api.example"], [])
    assert (found.host, found.port, found.path, found.address) == ("api.example", 443, "/v1?q=1", "8.8.8.8")


@pytest.mark.parametrize("addresses", [("10.0.0.5",), ("8.8.8.8", "127.0.0.1"), ("::ffff:10.0.0.5",)])
def test_an_allowed_name_that_leads_inside_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: Any
) -> None:
    _resolving(monkeypatch, *addresses)
    with pytest.raises(ToolFault, match="private network"):
        target_of("https://api.example/", ["api.example"], [])
    assert target_of("https://api.example/", ["api.example"], ["api.example"]).address == addresses[0]


def test_a_port_may_be_part_of_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch, "8.8.8.8")
    assert target_of("https://api.example:8443/", ["api.example:8443"], []).port == 8443
    with pytest.raises(ToolFault):
        target_of("https://api.example:9000/", ["api.example:8443"], [])

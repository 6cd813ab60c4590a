"""The way to a server: its address, the proxy before it, the certificates that are trusted and shown."""

import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from os import environ
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from ai_worker.errors import ConfigurationError
from ai_worker.outbound.errors import Unconfigured

PORTS = {"http": 80, "https": 443}
DIRECT = "none"
"""In place of a proxy: none, whatever the environment says."""
_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True, slots=True)
class Transport:
    """An operator's settings for the connections to one endpoint; empty: as the environment has it.

    Args:
        proxy: e.g. `http://user:password@proxy:3128`, or `none`.
        ca_file: authorities that are trusted, PEM.
        client_certificate: shown to the server, with its key in the same PEM file.
    """

    proxy: str = ""
    ca_file: str = ""
    client_certificate: str = ""


DEFAULT = Transport()


class Proxy(NamedTuple):
    """A forward proxy that is asked in plain HTTP.

    Args:
        authorization: the value of `Proxy-Authorization`; empty: none.
    """

    host: str
    port: int
    authorization: str


class Server(NamedTuple):
    """The target of a connection and the way to it: connections to equal ones are shared."""

    scheme: str
    host: str
    port: int
    proxy: Proxy | None = None
    transport: Transport = DEFAULT


def server_at(scheme: str, host: str, port: int | None, transport: Transport) -> Server:
    """The server of an address, with its proxy.

    Raises:
        ConfigurationError: the proxy is not one that can be asked.
    """
    named = transport.proxy
    if named == DIRECT:
        named = ""
    elif not named and not _goes_direct(host, port or PORTS[scheme]):
        proxies: Mapping[str, str] = getproxies_environment()
        named = proxies.get(scheme, "") or proxies.get("all", "")
    return Server(scheme, host, port or PORTS[scheme], _proxy(named) if named else None, transport)


def _goes_direct(host: str, port: int) -> bool:
    """Return whether NO_PROXY names the server: by its name's end, with its port, or by its network."""
    if proxy_bypass(f"{host}:{port}"):
        return True
    networks = [entry.strip() for entry in getproxies_environment().get("no", "").split(",") if "/" in entry]
    with suppress(ValueError):
        # A name is in no network.
        address = ip_address(host)
        return any(address in ip_network(entry, strict=False) for entry in networks if _is_network(entry))
    return False


def _is_network(entry: str) -> bool:
    with suppress(ValueError):
        return bool(ip_network(entry, strict=False))
    return False


def basic(user: str | None, password: str | None) -> str:
    """The `Basic` credentials of an address; empty where it has none."""
    if not user:
        return ""
    return "Basic " + b64encode(f"{unquote(user)}:{unquote(password or '')}".encode()).decode()


def _proxy(url: str) -> Proxy:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme != "http":
        raise ConfigurationError(
            "the proxy is not an address like http://host:port; correct the model's proxy or HTTPS_PROXY"
        )
    return Proxy(host, port or PORTS["http"], basic(parts.username, parts.password))


@lru_cache(maxsize=64)
def tls_context(transport: Transport) -> ssl.SSLContext:
    """The trust of connections by TLS: the system's, that of SSL_CERT_FILE, or the endpoint's own.

    Raises:
        Unconfigured: a file of it cannot be read.
    """
    ca_file = transport.ca_file or next((environ[name] for name in _BUNDLES if environ.get(name)), "")
    try:
        # REQUESTS_CA_BUNDLE may name a folder.
        folder = ca_file if ca_file and Path(ca_file).is_dir() else None
        context = ssl.create_default_context(cafile=None if folder else ca_file or None, capath=folder)
        if transport.client_certificate:
            context.load_cert_chain(transport.client_certificate)
    except (OSError, ValueError) as fault:
        raise Unconfigured(
            f"the certificates for TLS cannot be read ({type(fault).__name__}): {ca_file or 'the system’s'}"
            + (f", {transport.client_certificate}" if transport.client_certificate else ""),
            sent=False,
        ) from None
    return context

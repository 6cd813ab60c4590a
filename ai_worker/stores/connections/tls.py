"""TLS to the stores: off, required, or verified against a certificate authority; with a client certificate
where the server wants one.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar

from ai_worker.errors import ConfigurationError

Read = TypeVar("Read")
Mode = Literal["", "required", "verified"]


@dataclass(frozen=True, slots=True)
class Tls:
    """The encryption of connections to one store.

    Args:
        mode: empty: as the address says; `required`: encrypted, unchecked; `verified`: encrypted, and
            the server's certificate is checked with its name.
        ca: file of the authorities that are trusted (PEM); empty: those of the system.
        cert: file of the client certificate (PEM).
        key: file of its private key; empty: it lies in `cert`.
        name: of the settings, for messages, as in `MYSQL_TLS`.
    """

    mode: Mode = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    name: str = "TLS"

    def context(self) -> ssl.SSLContext | None:
        """A context for connections; None where the mode is empty.

        Raises:
            ConfigurationError: a file cannot be read, or holds no certificate.
        """
        self.check()
        return _context(self) if self.mode else None

    def for_mongo(self) -> dict[str, Any]:
        """The options of MongoClient. Its driver wants certificate and key in one file.

        Raises:
            ConfigurationError: they are in two, or the mode is missing.
        """
        self.check()
        if not self.mode:
            return {}
        if self.key:
            raise ConfigurationError(
                f"{self.name}_KEY: MongoDB's driver wants it in the file of {self.name}_CERT"
            )
        files = {"tlsCAFile": self.ca, "tlsCertificateKeyFile": self.cert}
        insecure = {"tlsInsecure": True} if self.mode == "required" else {}
        return {"tls": True, **insecure, **{name: file for name, file in files.items() if file}}

    def for_redis(self) -> dict[str, Any]:
        """The options of redis-py's TLS connections, and of Celery's `broker_use_ssl`.

        Raises:
            ConfigurationError: the mode is missing.
        """
        self.check()
        if not self.mode:
            return {}
        verified = self.mode == "verified"
        files = {"ssl_ca_certs": self.ca, "ssl_certfile": self.cert, "ssl_keyfile": self.key}
        return {
            "ssl_cert_reqs": "required" if verified else "none",
            "ssl_check_hostname": verified,
            **{name: file for name, file in files.items() if file},
        }

    def check(self) -> None:
        """Refuse files without a mode, which would encrypt nothing.

        Raises:
            ConfigurationError: a file is named and the mode is empty.
        """
        if not self.mode and (self.ca or self.cert or self.key):
            raise ConfigurationError(f"{self.name}: files are named, so set it to required or verified")


@lru_cache(maxsize=16)
def _context(tls: Tls) -> ssl.SSLContext:
    context = _read(f"{tls.name}_CA", lambda: ssl.create_default_context(cafile=tls.ca or None))
    if tls.mode == "required":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert:
        _read(f"{tls.name}_CERT and _KEY", lambda: context.load_cert_chain(tls.cert, tls.key or None))
    return context


def _read(name: str, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except (OSError, ssl.SSLError) as fault:
        raise ConfigurationError(f"{name}: the file cannot be used ({fault.strerror or fault})") from None

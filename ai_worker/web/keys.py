"""The clients of the API: the keys of the setting API_KEYS."""

import hashlib
import hmac
from dataclasses import dataclass

from ai_worker.errors import ConfigurationError

SCOPES = ("read", "run", "review")
SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Client:
    """The client that a key belongs to.

    Args:
        name: stored beside what the client does, and logged; never the key.
        scopes: what it may do, some of `SCOPES`.
    """

    name: str
    scopes: frozenset[str]


class Keys:
    """The clients by their keys. Only digests are held, so that no dump or repr of this shows a key.

    Args:
        setting: `name:scope+scope:key`, more of them after commas, e.g.
            `panel:read+run:5f0c…,grafana:read:91ab…`.

    Raises:
        ConfigurationError: the setting does not fit; the message names the entry, never its key.
    """

    def __init__(self, setting: str) -> None:
        self._clients: dict[bytes, Client] = {}
        entries = [entry.strip() for entry in setting.split(",") if entry.strip()]
        for number, entry in enumerate(entries, start=1):
            client, key = _read(entry, number)
            if any(client.name == known.name for known in self._clients.values()):
                raise ConfigurationError(f"API_KEYS: the name {client.name!r} stands there twice")
            if _digest(key) in self._clients:
                raise ConfigurationError(f"API_KEYS: {client.name!r} has the key of another client")
            self._clients[_digest(key)] = client

    def __bool__(self) -> bool:
        """Return whether there is any key."""
        return bool(self._clients)

    def named(self, name: str) -> Client | None:
        """The client of that name; None if there is none any more."""
        return next((client for client in self._clients.values() if client.name == name), None)

    def client(self, key: str) -> Client | None:
        """The client of a key; None if there is none. Takes the same time whatever the key has in common with
        a right one."""
        digest = _digest(key)
        found = None
        for known, client in self._clients.items():
            if hmac.compare_digest(known, digest):
                found = client
        return found


def _read(entry: str, number: int) -> tuple[Client, str]:
    parts = entry.split(":", 2)
    if len(parts) != 3 or not parts[0]:
        raise ConfigurationError(f"API_KEYS: entry {number} does not read name:scope+scope:key")
    name, scopes, key = parts
    if unknown := sorted(set(scopes.split("+")) - set(SCOPES)):
        raise ConfigurationError(
            f"API_KEYS: {name!r} has the unknown scope {', '.join(unknown)!r}; known: {', '.join(SCOPES)}"
        )
    if len(key) < SHORTEST_KEY:
        raise ConfigurationError(
            f"API_KEYS: the key of {name!r} has less than {SHORTEST_KEY} characters: it could be guessed"
        )
    return Client(name, frozenset(scopes.split("+"))), key


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()

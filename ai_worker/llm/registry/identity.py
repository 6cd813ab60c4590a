"""The identity of a configured model, without its key: planners and workers come to the same."""

import hashlib

from ai_worker.outbound.endpoint import place_of
from ai_worker.settings import settings


def credential_of(*parts: bytes | None) -> str:
    """A digest of everything that a key depends on: the stored column, its vector, the master key. Empty for
    no key.
    """
    if not parts or not parts[0]:
        return ""
    mixed = b"\0".join(part or b"" for part in parts)
    return hashlib.sha256(b"ai-worker credential\0" + mixed).hexdigest()[:16]


def stored_credential(encrypted: bytes | None, iv: bytes | None) -> str:
    """The digest of a stored key as this process would open it: with another master key it is another."""
    return credential_of(encrypted, iv, settings().master_key.get_secret_value().encode())


def label_of(base_url: str, usual_url: str, credential: str, usual_credential: str) -> str:
    """The end of a model's name in limits and metrics, where its server or its key is not the usual one."""
    label = ""
    if base_url and base_url.rstrip("/") != usual_url.rstrip("/"):
        label = "@" + place_of(base_url)
    if credential and credential != usual_credential:
        label += "#" + credential[:6]
    return label

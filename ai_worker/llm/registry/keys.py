"""API keys at rest: `ai_model.api_key_encrypted` as the panel writes it with `AES_ENCRYPT`, opened in Python.

The master key is only ever in the environment: it never stands in a statement that a server could log.
"""

import logging
import string

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.padding import PKCS7
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Provider
from ai_worker.llm.registry.catalogue import key_of, needs_key
from ai_worker.settings import settings

log = logging.getLogger(__name__)

_PRINTABLE = frozenset(string.printable.encode("ascii"))
_warned: set[str] = set()


def fold(master_key: bytes, length: int) -> bytes:
    """The AES key that MySQL makes of a pass phrase: its bytes XORed over `length` bytes (MySQL manual,
    AES_ENCRYPT()).
    """
    folded = bytearray(length)
    for position, byte in enumerate(master_key):
        folded[position % length] ^= byte
    return bytes(folded)


def decrypt(encrypted: bytes, master_key: bytes, iv: bytes | None, bits: int = 128) -> bytes:
    """The result of `AES_DECRYPT`: CBC with an initialisation vector, ECB without.

    Raises:
        ValueError: the master key, its length or the mode do not fit.
    """
    mode = CBC(iv[:16]) if iv else ECB()  # noqa: S305 - MySQL's default mode, which the panel uses
    decryptor = Cipher(AES(fold(master_key, bits // 8)), mode).decryptor()
    padded = decryptor.update(encrypted) + decryptor.finalize()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


def encrypt(key: bytes, master_key: bytes, iv: bytes | None, bits: int = 128) -> bytes:
    """The result of `AES_ENCRYPT`; the reverse of `decrypt`."""
    mode = CBC(iv[:16]) if iv else ECB()  # noqa: S305 - MySQL's default mode, which the panel uses
    encryptor = Cipher(AES(fold(master_key, bits // 8)), mode).encryptor()
    padder = PKCS7(128).padder()
    return encryptor.update(padder.update(key) + padder.finalize()) + encryptor.finalize()


def is_plain(stored: bytes) -> bool:
    """Return whether a stored key is plain text, as older panels wrote it. Encrypted, 16 bytes are all
    printable once in four million times.
    """
    return _PRINTABLE.issuperset(stored)


def opened(encrypted: bytes, master_key: bytes, iv: bytes | None) -> SecretStr:
    """The key in an encrypted column, with `AES_BITS`.

    Raises:
        ValueError: it does not open, or what comes out is no key: a wrong master key passes the padding once
            in 256 times.
    """
    key = decrypt(encrypted, master_key, iv, settings().aes_bits)
    if not key or not is_plain(key):
        raise ValueError("this is not a key")
    return SecretStr(key.decode("ascii"))


def open_key(
    provider: Provider, encrypted: bytes | None, iv: bytes | None, owner: str, base_url: str = ""
) -> SecretStr:
    """The API key of an `ai_model` row.

    Args:
        encrypted: the column; a plaintext key, as older panels wrote it, is accepted with a warning.
        owner: names the row in messages.
        base_url: of the row; empty: the provider's.

    Raises:
        ConfigurationError: the provider wants a key and there is none, or it cannot be opened.
    """
    if not encrypted:
        from_settings = key_of(provider, base_url)
        if from_settings.get_secret_value() or not needs_key(provider, base_url):
            return from_settings
        raise ConfigurationError(
            f"{owner} has no API key: fill ai_model.api_key_encrypted (`ai-worker keys encrypt`) "
            f"or set {provider.upper()}_API_KEY"
        )
    if is_plain(encrypted):
        if owner not in _warned:
            _warned.add(owner)
            log.warning("%s: the API key is stored as plain text; run `ai-worker keys encrypt`", owner)
        return SecretStr(encrypted.decode("ascii").strip())
    master_key = settings().master_key.get_secret_value().encode("utf-8")
    if not master_key:
        raise ConfigurationError(f"{owner}: the API key is encrypted and MASTER_KEY is not set")
    try:
        return opened(encrypted, master_key, iv)
    except ValueError:
        raise ConfigurationError(
            f"{owner}: the API key does not open - check MASTER_KEY, AES_BITS and api_key_iv"
        ) from None

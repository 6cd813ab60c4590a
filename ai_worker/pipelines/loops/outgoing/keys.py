"""Keys at rest: encrypted on their way in, opened for a call."""

import os

from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.registry.keys import encrypt, is_plain, opened
from ai_worker.settings import settings


def sealed(key: str) -> tuple[bytes | None, bytes | None]:
    """A key and its initialisation vector, as they are stored; both None for an empty key.

    Raises:
        ConfigurationError: MASTER_KEY is not set.
    """
    if not key:
        return None, None
    master_key = settings().master_key.get_secret_value().encode("utf-8")
    if not master_key:
        raise ConfigurationError("set MASTER_KEY before a key is stored: keys are kept encrypted only")
    iv = os.urandom(16)
    return encrypt(key.encode("utf-8"), master_key, iv, settings().aes_bits), iv


def unsealed(stored: bytes | None, iv: bytes | None, owner: str) -> SecretStr:
    """A stored key; empty where none is stored.

    Args:
        stored: encrypted; a plain one, as a migration by SQL may have left it, is taken as it is.
        owner: names the row in messages.

    Raises:
        ConfigurationError: the key does not open.
    """
    if not stored:
        return SecretStr("")
    if iv is None and is_plain(stored):
        return SecretStr(stored.decode("ascii"))
    try:
        return opened(stored, settings().master_key.get_secret_value().encode("utf-8"), iv)
    except ValueError:
        raise ConfigurationError(f"{owner}: the key does not open - check MASTER_KEY and AES_BITS") from None

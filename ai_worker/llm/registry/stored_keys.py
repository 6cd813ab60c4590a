"""The API keys in `ai_model`, for their keeper: encrypted in place, opened on trial, brought under
another master key.

Neither a master key nor a plain key ever stands in a statement: keys are encrypted here, and a row is
    recognised by a digest.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.model import Provider
from ai_worker.llm.registry.catalogue import key_of, needs_key
from ai_worker.llm.registry.keys import encrypt, is_plain, opened
from ai_worker.settings import settings
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool

KeyState = Literal["encrypted", "plain text", "does not open", "from the settings", "none needed", "missing"]
FAULTY: tuple[KeyState, ...] = ("does not open", "missing")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of `ai_model`.

    Args:
        label: the row's number and name, for display.
        stored: the column as it is.
    """

    id_ai_model: int
    label: str
    provider: str
    stored: bytes = field(repr=False)
    iv: bytes | None = field(repr=False)

    def state(self, master_key: bytes) -> KeyState:
        """The stored key, and whether the master key opens it."""
        if not self.stored:
            return self._without()
        if is_plain(self.stored):
            return "plain text"
        try:
            opened(self.stored, master_key, self.iv)
        except ValueError:
            return "does not open"
        return "encrypted"

    def _without(self) -> KeyState:
        if self.provider not in get_args(Provider):
            return "missing"
        provider = cast(Provider, self.provider)
        if key_of(provider).get_secret_value():
            return "from the settings"
        return "missing" if needs_key(provider) else "none needed"


class StoredKeys:
    """Every row of `ai_model`.

    Args:
        pool: connections to the database of corrections.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def all(self) -> list[StoredKey]:
        """The rows as they are."""
        with self._pool.connection() as database:
            return _rows(database, "")

    def encrypt(self, master_key: SecretStr) -> list[StoredKey]:
        """Encrypt the keys that are plain text, as this server's own AES_ENCRYPT would: CBC where that is its
        `block_encryption_mode`.

        Returns:
            The rows that were changed, as they were.

        Raises:
            ConfigurationError: there is no master key.
        """
        secret = _secret(master_key, "MASTER_KEY")
        with self._pool.connection() as database:
            plain = [row for row in _rows(database, "") if row.stored and is_plain(row.stored)]
            with_iv = _uses_iv(database)
            return [
                row for row in plain if _write(database, row, row.stored.strip(), secret, with_iv=with_iv)
            ]

    def rotate(self, master_key: SecretStr, new_master_key: SecretStr) -> list[StoredKey]:
        """Encrypt every key anew under another master key, each in its own mode; all of them or none.

        Returns:
            The rows that were changed, as they were.

        Raises:
            ConfigurationError: a master key is missing, or a row does not open; nothing is changed then.
        """
        old, new = _secret(master_key, "MASTER_KEY"), _secret(new_master_key, "the new master key")
        with self._pool.connection() as database, database.transaction():
            rows = [row for row in _rows(database, " FOR UPDATE") if row.stored and not is_plain(row.stored)]
            if shut := [row.label for row in rows if row.state(old) != "encrypted"]:
                raise ConfigurationError(
                    f"nothing is changed, since MASTER_KEY does not open the key of {', '.join(shut)}"
                )
            for row in rows:
                key = opened(row.stored, old, row.iv).get_secret_value().encode("ascii")
                _write(database, row, key, new, with_iv=bool(row.iv))
        return rows


def _rows(database: MySQLDatabase, lock: str) -> list[StoredKey]:
    found = database.query(
        f"SELECT id_ai_model, name, model_name, provider, api_key_encrypted, api_key_iv FROM "  # noqa: S608
        f"ai_model ORDER BY id_ai_model{lock}"
    )
    return [
        StoredKey(
            row["id_ai_model"],
            f"ai_model {row['id_ai_model']} ({row['name'] or row['model_name']})",
            row["provider"],
            row["api_key_encrypted"] or b"",
            row["api_key_iv"] or None,
        )
        for row in found
    ]


def _write(database: MySQLDatabase, row: StoredKey, key: bytes, master_key: bytes, *, with_iv: bool) -> bool:
    """False: another program has changed the row meanwhile, and it stays as it is."""
    iv = os.urandom(16) if with_iv else None
    encrypted = encrypt(key, master_key, iv, settings().aes_bits)
    return bool(
        database.execute(
            "UPDATE ai_model SET api_key_encrypted = %s, api_key_iv = %s WHERE id_ai_model = %s "
            "AND SHA2(api_key_encrypted, 256) = %s",
            (encrypted, iv, row.id_ai_model, hashlib.sha256(row.stored).hexdigest()),
        )
    )


def _uses_iv(database: MySQLDatabase) -> bool:
    # MariaDB knows the variable since 11.2; before that its AES_ENCRYPT is ECB.
    modes: Sequence[dict[str, str]] = database.query("SHOW VARIABLES LIKE 'block_encryption_mode'")
    return any(mode["Value"].endswith("cbc") for mode in modes)


def _secret(master_key: SecretStr, name: str) -> bytes:
    secret = master_key.get_secret_value()
    if not secret:
        raise ConfigurationError(
            f"{name} is not set: the secret that encrypts the API keys, in the environment or in .env"
        )
    return secret.encode("utf-8")

"""Keys in `ai_model`: the same AES as the server's own, encrypted in place, brought under another master
key.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import SecretStr

from ai_worker.errors import ConfigurationError
from ai_worker.llm.registry.keys import decrypt, encrypt
from ai_worker.llm.registry.stored_keys import StoredKeys
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool
from tests import preloaded
from tests.mysql_tables import address_of, make_tables

ROOT = Path(__file__).parents[3]
MASTER, NEW = SecretStr("the master key of this test"), SecretStr("another one")


@pytest.fixture
def pool(mysql_database: dict[str, str]) -> Iterator[MySQLPool]:
    address = address_of(mysql_database)
    make_tables(address)
    pool = MySQLPool(address, 2)
    yield pool
    pool.close()


def add(pool: MySQLPool, stored: bytes | None, iv: bytes | None = None, provider: str = "gemini") -> int:
    with pool.connection() as database:
        return database.insert(
            "INSERT INTO ai_model (provider, api_key_encrypted, api_key_iv) VALUES (%s, %s, %s)",
            (provider, stored, iv),
        )


def states(pool: MySQLPool, master_key: SecretStr) -> list[str]:
    return [row.state(master_key.get_secret_value().encode()) for row in StoredKeys(pool).all()]


@pytest.mark.parametrize(
    "mode", ["aes-128-ecb", "aes-192-ecb", "aes-256-ecb", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc"]
)
def test_python_and_the_server_encrypt_alike(pool: MySQLPool, mode: str) -> None:
    bits, with_iv = int(mode[4:7]), mode.endswith("cbc")
    with pool.connection() as database:
        if database.query("SHOW VARIABLES LIKE 'block_encryption_mode'"):
            database.execute("SET SESSION block_encryption_mode = %s", (mode,))
        elif mode != "aes-128-ecb":
            pytest.skip(
                "this server offers aes-128-ecb only; the other modes are held to NIST's vectors "
                "in tests/unit/llm/registry/test_keys.py"
            )

        @hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
        @given(
            st.binary(max_size=300), st.binary(min_size=1, max_size=100), st.binary(min_size=16, max_size=16)
        )
        def alike(key: bytes, master_key: bytes, random: bytes) -> None:
            iv = random if with_iv else None
            also = [iv] if iv else []
            argument = ", %s" if iv else ""
            ours = encrypt(key, master_key, iv, bits)
            [row] = database.query(
                f"SELECT AES_ENCRYPT(%s, %s{argument}) AS encrypted, AES_DECRYPT(%s, "
                f"%s{argument}) AS decrypted",
                (key, master_key, *also, ours, master_key, *also),
            )
            assert row["encrypted"] == ours
            assert row["decrypted"] == key
            assert decrypt(row["encrypted"], master_key, iv, bits) == key

        alike()


def test_plain_keys_are_encrypted_in_place_as_the_server_would(pool: MySQLPool) -> None:
    plain, empty = add(pool, b"sk-canary-1 "), add(pool, None)
    encrypted = add(pool, encrypt(b"sk-canary-2", MASTER.get_secret_value().encode(), None))
    assert states(pool, MASTER) == ["plain text", "missing", "encrypted"]
    assert [row.id_ai_model for row in StoredKeys(pool).encrypt(MASTER)] == [plain]
    assert StoredKeys(pool).encrypt(MASTER) == []
    assert states(pool, MASTER) == ["encrypted", "missing", "encrypted"]
    opened = "AES_DECRYPT(api_key_encrypted, %s)"
    rows = pool.query(
        f"SELECT id_ai_model, {opened} AS api_key FROM ai_model ORDER BY id_ai_model",
        (MASTER.get_secret_value(),),
    )
    assert [(row["id_ai_model"], row["api_key"]) for row in rows] == [
        (plain, b"sk-canary-1"),
        (empty, None),
        (encrypted, b"sk-canary-2"),
    ]


def test_rotation_brings_every_key_under_the_new_master_key_each_in_its_own_mode(pool: MySQLPool) -> None:
    old, iv = MASTER.get_secret_value().encode(), secrets.token_bytes(16)
    add(pool, encrypt(b"sk-canary-ecb", old, None))
    add(pool, encrypt(b"sk-canary-cbc", old, iv), iv)
    add(pool, b"sk-canary-plain")
    assert len(StoredKeys(pool).rotate(MASTER, NEW)) == 2
    assert states(pool, NEW) == ["encrypted", "encrypted", "plain text"]
    assert states(pool, MASTER) == ["does not open", "does not open", "plain text"]
    ivs = [row["api_key_iv"] for row in pool.query("SELECT api_key_iv FROM ai_model ORDER BY id_ai_model")]
    assert ivs[0] is None
    assert ivs[1] not in (None, iv)


def test_rotation_is_whole_or_not_at_all(pool: MySQLPool) -> None:
    add(pool, encrypt(b"sk-canary-1", MASTER.get_secret_value().encode(), None))
    add(pool, encrypt(b"sk-canary-2", b"yet another", None))
    before = pool.query("SELECT * FROM ai_model")
    with pytest.raises(ConfigurationError, match="does not open the key of ai_model 2") as caught:
        StoredKeys(pool).rotate(MASTER, NEW)
    assert "canary" not in str(caught.value)
    assert pool.query("SELECT * FROM ai_model") == before


@pytest.mark.parametrize(("old", "new"), [("", "x"), ("x", "")])
def test_without_a_master_key_nothing_is_done(pool: MySQLPool, old: str, new: str) -> None:
    add(pool, b"sk-canary-1")
    with pytest.raises(ConfigurationError, match="is not set"):
        StoredKeys(pool).rotate(SecretStr(old), SecretStr(new))
    with pytest.raises(ConfigurationError, match="MASTER_KEY is not set"):
        StoredKeys(pool).encrypt(SecretStr(""))
    assert states(pool, MASTER) == ["plain text"]


def test_no_key_stands_in_a_statement_or_a_repr(pool: MySQLPool, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def watched(name: str) -> None:
        as_it_was = getattr(MySQLDatabase, name)

        def watch(database: MySQLDatabase, sql: str, params: object = ()) -> object:
            said.append(f"{sql} {params!r}")
            return as_it_was(database, sql, params)

        monkeypatch.setattr(MySQLDatabase, name, watch)

    add(pool, b"sk-canary-1")
    watched("query")
    watched("execute")
    keys = StoredKeys(pool)
    said.append(repr(keys.all()))
    said.append(repr(keys.encrypt(MASTER)))
    said.append(repr(keys.rotate(MASTER, NEW)))
    whole = "\n".join(said)
    assert "UPDATE ai_model" in whole
    assert "canary" not in whole
    assert MASTER.get_secret_value() not in whole and NEW.get_secret_value() not in whole


def test_the_command_line(pool: MySQLPool, mysql_database: dict[str, str], tmp_path: Path) -> None:
    def run(*arguments: str, **variables: str) -> tuple[int, str]:
        environment = {
            **os.environ,
            **mysql_database,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ["PYTHONPATH"]]),
            **variables,
        }
        done = preloaded.run(["ai_worker", "keys", *arguments], cwd=tmp_path, env=environment, timeout=60)
        return done.returncode, done.stdout + done.stderr

    old, new = {"MASTER_KEY": MASTER.get_secret_value()}, {"MASTER_KEY": NEW.get_secret_value()}
    add(pool, b"sk-canary-1")
    shown = [run("check"), run("encrypt"), run("encrypt", **old), run("check", **old), run("check", **new)]
    shown += [run("rotate", "--new-master-key-env", "NOWHERE", **old)]
    shown += [
        run("rotate", "--new-master-key-env", "NEXT", **old, NEXT=NEW.get_secret_value()),
        run("check", **new),
    ]
    assert [code for code, _ in shown] == [0, 2, 0, 0, 1, 2, 0, 0]
    assert "plain text" in shown[0][1]
    assert "MASTER_KEY is not set" in shown[1][1]
    assert "1 key encrypted." in shown[2][1]
    assert "does not open" in shown[4][1]
    assert "NOWHERE is not set" in shown[5][1]
    assert not any(
        "canary" in text or MASTER.get_secret_value() in text or NEW.get_secret_value() in text
        for _, text in shown
    )

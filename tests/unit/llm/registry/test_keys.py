"""Keys at rest: MySQL's AES in Python, and what opening one says."""

import logging
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.errors import ConfigurationError
from ai_worker.llm.registry.keys import decrypt, encrypt, fold, is_plain, open_key
from ai_worker.settings import settings

CANARY = "sk-canary-77f1e0"
MASTER = "a master key, longer than sixteen bytes ż"

# NIST SP 800-38A, F.1 and F.2: the first block of each. A pass phrase as long as the key is the key, so these
# are MySQL's AES_ENCRYPT, too.
PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
IV = bytes(range(16))
KEYS = {
    128: "2b7e151628aed2a6abf7158809cf4f3c",
    192: "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    256: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
}
ECB = {
    128: "3ad77bb40d7a3660a89ecaf32466ef97",
    192: "bd334f1d6e45f25ff712a214571fa5cc",
    256: "f3eed1bdb5d2a03c064b5a7e3db181f8",
}
CBC = {
    128: "7649abac8119b246cee98e9b12e9197d",
    192: "4f021db243bc633d7178183a9fa071e8",
    256: "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
}


@pytest.fixture(autouse=True)
def master_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MASTER_KEY", MASTER)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_the_published_blocks(bits: int) -> None:
    key = bytes.fromhex(KEYS[bits])
    assert encrypt(PLAIN, key, None, bits)[:16].hex() == ECB[bits]
    assert encrypt(PLAIN, key, IV, bits)[:16].hex() == CBC[bits]


@given(
    st.binary(),
    st.binary(min_size=1),
    st.none() | st.binary(min_size=16, max_size=20),
    st.sampled_from([128, 192, 256]),
)
def test_what_was_encrypted_opens_again(key: bytes, master_key: bytes, iv: bytes | None, bits: int) -> None:
    encrypted = encrypt(key, master_key, iv, bits)
    assert len(encrypted) == (len(key) // 16 + 1) * 16
    assert decrypt(encrypted, master_key, iv, bits) == key


def test_a_long_pass_phrase_is_folded() -> None:
    assert fold(b"abc", 16) == b"abc" + bytes(13)
    assert fold(b"\x01" * 16 + b"\x03\x02", 16) == b"\x02\x03" + b"\x01" * 14


@pytest.mark.parametrize("iv", [None, IV])
def test_a_stored_key_opens(iv: bytes | None) -> None:
    assert (
        open_key("gemini", encrypt(CANARY.encode(), MASTER.encode(), iv), iv, "ai_model 1").get_secret_value()
        == CANARY
    )


def test_a_plain_key_is_accepted_with_one_warning_that_does_not_show_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            assert (
                open_key("gemini", f" {CANARY}\n".encode(), None, "ai_model 4711").get_secret_value()
                == CANARY
            )
    assert [record.getMessage() for record in caplog.records] == [
        "ai_model 4711: the API key is stored as plain text; run `ai-worker keys encrypt`"
    ]


@pytest.mark.parametrize(
    "wrong", [b"another master key"] + [f"master {number}".encode() for number in range(600)]
)
def test_a_wrong_master_key_never_gives_a_wrong_key(wrong: bytes) -> None:
    with pytest.raises(ConfigurationError, match="does not open") as caught:
        open_key("gemini", encrypt(CANARY.encode(), wrong, None), None, "ai_model 1")
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown and MASTER not in shown


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"ai_model 1 has no API key.*GEMINI_API_KEY"):
        open_key("gemini", None, None, "ai_model 1")
    assert open_key("offline", None, None, "ai_model 1").get_secret_value() == ""
    monkeypatch.setenv("MASTER_KEY", "")
    settings.cache_clear()
    with pytest.raises(ConfigurationError, match="MASTER_KEY is not set"):
        open_key("gemini", encrypt(b"key", b"m", None), None, "ai_model 1")


def test_plain_and_encrypted_are_told_apart() -> None:
    assert is_plain(CANARY.encode())
    assert not any(
        is_plain(encrypt(f"key {number}".encode(), MASTER.encode(), None)) for number in range(1000)
    )

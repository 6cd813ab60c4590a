"""Reading API_KEYS."""

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.web.keys import Keys

KEY, OTHER = "k" * 32, "o" * 32


def test_a_key_is_known_with_its_name_and_scopes() -> None:
    keys = Keys(f" panel:read+run:{KEY} , grafana:read:{OTHER}:with:colons ")
    found = keys.client(KEY)
    assert found is not None
    assert (found.name, found.scopes) == ("panel", {"read", "run"})
    other = keys.client(f"{OTHER}:with:colons")
    assert other is not None
    assert other.name == "grafana"


@pytest.mark.parametrize("wrong", ["", KEY[:-1], KEY + "k", KEY.upper(), "żółw", "\udcff"])
def test_anything_else_is_nobodys(wrong: str) -> None:
    assert Keys(f"panel:read:{KEY}").client(wrong) is None


def test_without_keys_it_is_empty() -> None:
    assert not Keys("")
    assert not Keys(" , ")
    assert Keys(f"panel:read:{KEY}")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (f"panel:{KEY}", "entry 1 does not read name:scope"),
        (f"panel:read:{KEY},{OTHER}", "entry 2 does not read"),
        (f":read:{KEY}", "entry 1"),
        (f"panel:read+write:{KEY}", "'panel' has the unknown scope 'write'"),
        (f"panel::{KEY}", "unknown scope"),
        ("panel:read:short", "less than 16 characters"),
        (f"panel:read:{KEY},panel:run:{OTHER}", "'panel' stands there twice"),
        (f"panel:read:{KEY},other:run:{KEY}", "'other' has the key of another"),
    ],
)
def test_what_does_not_fit_is_told_without_its_key(setting: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as fault:
        Keys(setting)
    for secret in (KEY, OTHER, "short"):
        assert secret not in str(fault.value)


def test_no_repr_shows_a_key() -> None:
    keys = Keys(f"panel:read:{KEY}")
    assert KEY not in f"{keys!r} {vars(keys)!r} {keys.client(KEY)!r}"

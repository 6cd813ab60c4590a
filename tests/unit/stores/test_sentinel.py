"""Addresses of Redis by Sentinel."""

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.stores.connections.sentinel import SentinelAddress
from ai_worker.stores.redis import next_database


def test_an_address_names_sentinels_group_and_database() -> None:
    url = "sentinel://:p%40ss@a.example:26379,b.example/3?master=work&sentinel_password=other"
    address = SentinelAddress.parsed(url)
    assert address is not None
    assert address.nodes == (("a.example", 26379), ("b.example", 26379))
    assert (address.master, address.database, address.login) == ("work", 3, ("", "p@ss"))
    assert address.celery_url() == "sentinel://:p%40ss@a.example:26379/3;sentinel://:p%40ss@b.example:26379/3"
    assert address.transport_options() == {"master_name": "work", "sentinel_kwargs": {"password": "other"}}
    assert "p@ss" not in repr(address)
    assert "other" not in repr(address)
    following = SentinelAddress.parsed(next_database(url))
    assert following is not None
    assert (following.database, following.master, following.nodes) == (4, "work", address.nodes)


def test_other_addresses_are_none() -> None:
    assert SentinelAddress.parsed("redis://127.0.0.1:6379/0") is None


@pytest.mark.parametrize(
    "url", ["sentinel://a:26379/0", "sentinel:///0?master=x", "sentinel://a:b/0?master=x"]
)
def test_an_incomplete_address_is_refused_with_its_form(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"sentinel://:password@host"):
        SentinelAddress.parsed(url)

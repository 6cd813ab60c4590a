from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase


@pytest.fixture
def address(mysql_database: dict[str, str]) -> MySQLAddress:
    """Where this test's own empty database is."""
    host, port, user, database, password = (
        mysql_database[f"MYSQL_{part}"] for part in ("HOST", "PORT", "USER", "DATABASE", "PASSWORD")
    )
    return MySQLAddress(host, int(port), user, database, SecretStr(password))


@pytest.fixture
def database(address: MySQLAddress) -> Iterator[MySQLDatabase]:
    """A connection to it."""
    with MySQLDatabase(address) as connection:
        yield connection

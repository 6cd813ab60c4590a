"""The books in either store, each on a database of the test's own."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from pymongo import MongoClient

from ai_worker.llm.books import Books
from ai_worker.llm.mongo_books import MongoBooks
from ai_worker.llm.mysql_books import MySQLBooks
from ai_worker.stores.migrate import upgrade
from ai_worker.stores.mongo import Document
from ai_worker.stores.mysql import MySQLAddress, MySQLDatabase, MySQLPool


@pytest.fixture
def mysql_pool(mysql_database: dict[str, str]) -> Iterator[MySQLPool]:
    host, port, user, database, password = (mysql_database[f"MYSQL_{part}"] for part in ("HOST", "PORT", "USER", "DATABASE", "PASSWORD"))
    address = MySQLAddress(host, int(port), user, database, SecretStr(password))
    with MySQLDatabase(address) as connection:
        upgrade(connection)
    pool = MySQLPool(address, 16)
    yield pool
    pool.close()


@pytest.fixture
def mongo_client(mongodb_uri: str) -> Iterator[MongoClient[Document]]:
    with MongoClient[Document](mongodb_uri, tz_aware=True) as client:
        yield client


@pytest.fixture
def mysql_books(mysql_pool: MySQLPool) -> MySQLBooks:
    return MySQLBooks(mysql_pool)


@pytest.fixture
def mongo_books(mongo_client: MongoClient[Document], mongo_database: str) -> MongoBooks:
    return MongoBooks(mongo_client, mongo_database, 30)


@pytest.fixture(params=["mysql_books", "mongo_books"])
def books(request: pytest.FixtureRequest) -> Books:
    """Each of them in turn."""
    found: Books = request.getfixturevalue(request.param)
    return found

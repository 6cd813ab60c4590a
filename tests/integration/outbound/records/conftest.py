"""The records in either store, each on a database of the test's own."""

from collections.abc import Iterator

import pytest
from pymongo import MongoClient

from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.records.mongo_records import MongoRecords
from ai_worker.outbound.records.mysql_records import MySQLRecords
from ai_worker.stores.mongo import Document
from ai_worker.stores.mysql import MySQLPool
from tests.mysql_tables import address_of, make_tables


@pytest.fixture
def mysql_pool(mysql_database: dict[str, str]) -> Iterator[MySQLPool]:
    address = address_of(mysql_database)
    make_tables(address)
    pool = MySQLPool(address, 16)
    yield pool
    pool.close()


@pytest.fixture
def mongo_client(mongodb_uri: str) -> Iterator[MongoClient[Document]]:
    with MongoClient[Document](mongodb_uri, tz_aware=True) as client:
        yield client


@pytest.fixture
def mysql_records(mysql_pool: MySQLPool) -> MySQLRecords:
    return MySQLRecords(mysql_pool)


@pytest.fixture
def mongo_records(mongo_client: MongoClient[Document], mongo_database: str) -> MongoRecords:
    return MongoRecords(mongo_client, mongo_database, 30)


@pytest.fixture(params=["mysql_records", "mongo_records"])
def records(request: pytest.FixtureRequest) -> Records:
    """Each of them in turn."""
    found: Records = request.getfixturevalue(request.param)
    return found

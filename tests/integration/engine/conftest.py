"""The sources that the tests of the engine run over."""

from collections.abc import Iterator

import pytest

from tests.integration.engine.sources import CollectionRig, OrderedRig, Rig, TableRig


@pytest.fixture(params=["table", "collection"])
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    if request.param == "table":
        table = TableRig(request.getfixturevalue("mysql_database"))
        yield table
        table.pool.close()
    else:
        collection = CollectionRig(
            request.getfixturevalue("mongodb_uri"), request.getfixturevalue("mongo_database")
        )
        yield collection
        collection.client.close()


@pytest.fixture
def ordered(mysql_database: dict[str, str]) -> Iterator[OrderedRig]:
    """A table whose lanes are ordered."""
    rig = OrderedRig(mysql_database)
    yield rig
    rig.pool.close()

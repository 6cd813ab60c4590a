"""A cluster of worlds, and the platform's double, for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.ordering import environment
from tests.worlds.double import Double, running

MakeCluster = Callable[..., Cluster]


@pytest.fixture
def double() -> Iterator[Double]:
    with running() as one:
        yield one


@pytest.fixture
def make_worlds(request: pytest.FixtureRequest, tmp_path: Path, double: Double) -> Iterator[MakeCluster]:
    """Makes a cluster of worlds with further settings; no process runs yet."""
    broker = request.getfixturevalue("broker").environment()
    database = request.getfixturevalue("mongo_database")
    made: list[Cluster] = []

    def make(**settings: str) -> Cluster:
        cluster = Cluster(
            tmp_path,
            broker["REDIS_URL"],
            broker["LIMITS_REDIS_URL"],
            request.getfixturevalue("model"),
            None,
            (request.getfixturevalue("mongodb_uri"), database),
            **environment(database, double.url, **settings),
        )
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.stop()
        cluster.mongo.client.drop_database(f"{database}_log")


@pytest.fixture
def worlds(make_worlds: MakeCluster) -> Cluster:
    return make_worlds()

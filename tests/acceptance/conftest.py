"""A cluster for each acceptance test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.offline_model import OfflineModel, offline_model


@pytest.fixture
def model() -> Iterator[OfflineModel]:
    """A model server of the test's own."""
    with offline_model() as running:
        yield running


@pytest.fixture
def broker(redis_server: Callable[[], RedisServer]) -> RedisServer:
    """A Redis of the test's own: broker and limits."""
    return redis_server()


def _cluster(
    request: pytest.FixtureRequest, tmp_path: Path, *, mysql: bool, mongo: bool, **settings: str
) -> Iterator[Cluster]:
    variables = request.getfixturevalue("broker").environment()
    cluster = Cluster(
        tmp_path,
        variables["REDIS_URL"],
        variables["LIMITS_REDIS_URL"],
        request.getfixturevalue("model"),
        request.getfixturevalue("mysql_database") if mysql else None,
        (request.getfixturevalue("mongodb_uri"), request.getfixturevalue("mongo_database"))
        if mongo
        else None,
        **settings,
    )
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """Both pipelines on databases of the test's own; no process runs yet."""
    yield from _cluster(request, tmp_path, mysql=True, mongo=True)


@pytest.fixture
def corrections_cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """Corrections alone, without any MongoDB."""
    yield from _cluster(request, tmp_path, mysql=True, mongo=False)


@pytest.fixture
def evaluations_cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """Evaluations alone, without any MySQL."""
    yield from _cluster(request, tmp_path, mysql=False, mongo=True)

"""What the fault suite adds: clusters on servers of their own, to be stopped, killed and cut off."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from tests.acceptance.chaos.stand import Stand
from tests.acceptance.cluster import Cluster
from tests.offline_model import OfflineModel

DATABASE = "chaos"


@pytest.fixture
def stand(
    tmp_path: Path,
    model: OfflineModel,
    broker: RedisServer,
    mariadb_server: Callable[[], MariaDBServer],
    mongo_server: Callable[[], MongoServer],
) -> Iterator[Stand]:
    """Both pipelines on servers of this test alone; no process of AI Worker runs yet."""
    mariadb, mongo = mariadb_server(), mongo_server()
    variables = broker.environment()
    cluster = Cluster(
        tmp_path,
        variables["REDIS_URL"],
        variables["LIMITS_REDIS_URL"],
        model,
        mariadb.environment(),
        (mongo.url, DATABASE),
    )
    yield Stand(cluster, broker, mariadb, mongo)
    cluster.stop()

"""Servers of one chaos run's own, in a folder that goes with it."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from devtools.ports import free_port
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from tests.acceptance.chaos.stand import Stand
from tests.acceptance.cluster import Cluster
from tests.offline_model import offline_model

PASSWORD = "only-for-chaos"
DATABASE = "chaos"
PRODUCTION = {
    "LEASE_SECONDS": "90",
    "RESERVE_SECONDS": "600",
    "SCAN_SECONDS": "5",
    "MODEL_DEADLINE_SECONDS": "90",
    "STORE_SECONDS": "30",
}


@contextmanager
def private_stand(*, production: bool) -> Iterator[Stand]:
    """Redis, MariaDB, a document store and the model, started on free ports of loopback; ended and removed
    afterwards.

    Args:
        production: with the time-outs of production in place of the tests' short ones.
    """
    with tempfile.TemporaryDirectory(prefix="ai-worker-chaos-") as name, ExitStack() as stack:
        folder = Path(name)
        redis = RedisServer(folder / "redis", free_port(), folder / "redis.log", password=PASSWORD)
        mariadb = MariaDBServer(folder / "mariadb", free_port(), folder / "mariadb.log", password=PASSWORD)
        mongo = MongoServer(folder / "mongodb", free_port(), folder / "mongodb.log")
        for server in (redis, mariadb, mongo):
            server.start()
            stack.callback(server.kill)
        model = stack.enter_context(offline_model("--journal", "1000"))
        urls = redis.environment()
        cluster = Cluster(
            folder,
            urls["REDIS_URL"],
            urls["LIMITS_REDIS_URL"],
            model,
            mariadb.environment(),
            (mongo.url, DATABASE),
            **(PRODUCTION if production else {}),
        )
        stack.callback(cluster.stop)
        yield Stand(cluster, redis, mariadb, mongo)

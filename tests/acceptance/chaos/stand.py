"""A cluster together with the servers under it, all of one test's own."""

from dataclasses import dataclass

from devtools.servers.mariadb import MariaDBServer
from devtools.servers.mongo import MongoServer
from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster


@dataclass(frozen=True)
class Stand:
    """What a fault may be injected into."""

    cluster: Cluster
    redis: RedisServer
    mariadb: MariaDBServer
    mongo: MongoServer

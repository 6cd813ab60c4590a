"""MariaDB fails over under load: the primary is killed, its replica is promoted, and the address leads there.
No row is lost or doubled; an answer whose commit had not reached the replica is asked again, and counted.
"""

import getpass
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from devtools.ports import LOOPBACK, free_port
from devtools.servers import mariadb
from devtools.servers.mariadb import MariaDBServer
from devtools.servers.redis import RedisServer
from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.proxy import Proxy
from tests.offline_model import OfflineModel
from tests.servers import PASSWORD, missing
from tests.waiting import wait_until

ROWS = 200
SLOTS = 10
REPLICA_USER = "replica"


class Member(MariaDBServer):
    """One of the two servers.

    Args:
        number: its id among them.
    """

    def __init__(self, folder: Path, number: int) -> None:
        name = f"mariadb-{number}"
        super().__init__(folder / name, free_port(), folder / f"{name}.log", password=PASSWORD)
        self._number = number

    def command(self) -> list[str | Path]:
        """With a log for its replica."""
        own = ["--log-bin=changes", "--binlog-format=ROW", f"--server-id={self._number}"]
        return [*super().command(), *own]

    def run(self, *statements: str) -> list[dict[str, object]]:
        """Statements of the administrator; the rows of the last."""
        connection = pymysql.connect(
            unix_socket=str(self.folder / "mariadb.sock"),
            user=getpass.getuser(),
            autocommit=True,
            cursorclass=pymysql.cursors.DictCursor,
        )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Member, Member]]:
    """A primary and its replica, which is at the primary's state."""
    if not mariadb.available():
        missing("mariadbd is not installed")
    primary, replica = Member(tmp_path, 1), Member(tmp_path, 2)
    try:
        primary.start()
        replica.start()
        primary.run(
            f"CREATE USER '{REPLICA_USER}'@'{LOOPBACK}' IDENTIFIED BY '{PASSWORD}'",
            f"GRANT REPLICATION SLAVE ON *.* TO '{REPLICA_USER}'@'{LOOPBACK}'",
        )
        [place] = primary.run("SHOW MASTER STATUS")
        replica.run(
            f"CHANGE MASTER TO MASTER_HOST = '{LOOPBACK}', MASTER_PORT = {primary.port}, "
            f"MASTER_USER = '{REPLICA_USER}', MASTER_PASSWORD = '{PASSWORD}', "
            f"MASTER_LOG_FILE = '{place['File']}', MASTER_LOG_POS = {place['Position']}",
            "START SLAVE",
            "SET GLOBAL read_only = 1",
        )
        yield primary, replica
    finally:
        primary.kill()
        replica.kill()


@pytest.fixture
def door(pair: tuple[Member, Member]) -> Iterator[Proxy]:
    """The address that the processes know."""
    with Proxy(pair[0].port) as proxy:
        yield proxy


@pytest.fixture
def cluster(
    tmp_path: Path, pair: tuple[Member, Member], door: Proxy, broker: RedisServer, model: OfflineModel
) -> Iterator[Cluster]:
    variables = broker.environment()
    mysql = {**pair[0].environment(), "MYSQL_PORT": str(door.port)}
    cluster = Cluster(tmp_path, variables["REDIS_URL"], variables["LIMITS_REDIS_URL"], model, mysql, None)
    yield cluster
    cluster.stop()


def test_a_failover_under_load_loses_and_doubles_nothing(
    cluster: Cluster, pair: tuple[Member, Member], door: Proxy
) -> None:
    primary, replica = pair
    cluster.model.tell(latency=0.5)
    items = cluster.worker("items", slots=SLOTS, queues="corrections")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    id_task = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    wait_until(lambda: cluster.model.counts()["total"] > 3 * SLOTS, "load", seconds=60)
    primary.kill()
    replica.run("STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only = 0")
    door.lead_to(replica.port)
    task = cluster.await_task(id_task, seconds=120)
    assert (task["records_processed"], task["records_failed"]) == (ROWS, 0)
    rows = cluster.items(id_task)
    assert len(rows) == ROWS and all(row["text_corrected"] for row in rows)
    extra = cluster.model.counts()["total"] - ROWS
    print(f"{extra} extra calls")
    assert 0 <= extra <= 3 * SLOTS, "only what the replica had not heard of yet"
    assert items.process.poll() is None, "the worker itself went on"

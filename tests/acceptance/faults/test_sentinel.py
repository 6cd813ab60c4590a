"""Redis by Sentinel: the primary fails over under load, and rows go on without anything lost or asked twice
beyond what was in flight.
"""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from devtools.ports import LOOPBACK, accepts, free_port
from devtools.servers.redis import program as server_program
from tests.acceptance.cluster import Cluster
from tests.offline_model import OfflineModel
from tests.waiting import wait_until

ROWS = 200
SENTINEL = """\
port {port}
bind {host}
dir {folder}
sentinel monitor work {host} {primary} 1
sentinel down-after-milliseconds work 1000
sentinel failover-timeout work 5000
"""


@dataclass
class Group:
    """A primary, its replica and a sentinel."""

    primary: subprocess.Popen[bytes]
    sentinel_port: int
    primary_port: int

    def told(self) -> int:
        """The port of the primary, as the sentinel says."""
        with redis.Redis(LOOPBACK, self.sentinel_port, decode_responses=True) as client:
            _, port = client.sentinel_get_master_addr_by_name("work")
        return int(port)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    program = server_program()
    if program is None:
        pytest.skip("no redis-server on this machine")
    with ExitStack() as stack:

        def started(name: str, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
            port, folder = free_port(), tmp_path / name
            folder.mkdir()
            command = [program, *(argument.format(port=port, folder=folder) for argument in arguments)]
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process, port

        plain = ("--port", "{port}", "--bind", LOOPBACK, "--save", "", "--repl-diskless-sync-delay", "0")
        primary, primary_port = started("primary", *plain)
        wait_until(lambda: accepts(primary_port), "the primary")
        _, replica_port = started("replica", *plain, "--replicaof", LOOPBACK, str(primary_port))
        wait_until(lambda: accepts(replica_port), "the replica")
        sentinel_port, folder = free_port(), tmp_path / "sentinel"
        folder.mkdir()
        text = SENTINEL.format(port=sentinel_port, host=LOOPBACK, folder=folder, primary=primary_port)
        (folder / "sentinel.conf").write_text(text, encoding="ascii")
        sentinel = subprocess.Popen(
            [program, str(folder / "sentinel.conf"), "--sentinel"], cwd=folder, stdout=subprocess.DEVNULL
        )
        stack.callback(sentinel.wait)
        stack.callback(sentinel.kill)
        wait_until(lambda: accepts(sentinel_port), "the sentinel")
        with redis.Redis(LOOPBACK, sentinel_port, decode_responses=True) as client:
            wait_until(lambda: len(client.sentinel_slaves("work")) == 1, "the replica known", seconds=30)
        yield Group(primary, sentinel_port, primary_port)


@pytest.fixture
def cluster(
    tmp_path: Path, group: Group, model: OfflineModel, mysql_database: dict[str, str]
) -> Iterator[Cluster]:
    addresses = [f"sentinel://{LOOPBACK}:{group.sentinel_port}/{number}?master=work" for number in (0, 1)]
    cluster = Cluster(tmp_path, addresses[0], addresses[1], model, mysql_database, None)
    yield cluster
    cluster.stop()


def test_a_failover_of_redis_under_load_costs_no_row(cluster: Cluster, group: Group) -> None:
    cluster.model.tell(latency=0.5)
    items = cluster.worker("items", slots=10, queues="corrections")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    id_task = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    wait_until(lambda: cluster.model.counts()["total"] > 20, "load", seconds=40)
    group.primary.kill()
    wait_until(lambda: group.told() != group.primary_port, "the failover", seconds=30)
    task = cluster.await_task(id_task, seconds=90)
    assert (task["records_processed"], task["records_failed"]) == (ROWS, 0)
    assert cluster.model.counts()["total"] == ROWS, "answers in hand waited for no broker"
    assert sum(row["lost"] for row in cluster.items(id_task)) == 0
    assert items.process.poll() is None, "the worker itself went on"

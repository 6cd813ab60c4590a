"""A store that refuses is a store that is away: answers in hand are held for longer than their leases and
written afterwards, no call is paid twice, no row counts a loss, and the log has a line a minute.
"""

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pymysql
import pytest
import redis

from devtools.servers.mariadb import DATABASE, USER, MariaDBServer
from tests.acceptance.api import serving_api
from tests.acceptance.chaos.stand import Stand
from tests.acceptance.cluster import FAST, Cluster
from tests.waiting import wait_until

ROWS = 40
CALL_SECONDS = 2.0
REFUSING_SECONDS = 3 * float(FAST["LEASE_SECONDS"])
LINES = 12
"""At most, of one worker, for an outage of a quarter of a minute and what follows."""
_open = build_opener(ProxyHandler({})).open


def as_root(server: MariaDBServer, *statements: str) -> None:
    """Statements of the server's administrator, who comes by its socket."""
    connection = pymysql.connect(
        unix_socket=str(server.folder / "mariadb.sock"), user=getpass.getuser(), autocommit=True
    )
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def read_only(stand: Stand) -> Iterator[None]:
    """As on a server that another one has replaced."""
    as_root(stand.mariadb, "SET GLOBAL read_only = 1")
    yield
    as_root(stand.mariadb, "SET GLOBAL read_only = 0")


@contextmanager
def account_locked(stand: Stand) -> Iterator[None]:
    """As after a rotated password: no connection more, and those that were there are gone."""
    account = f"'{USER}'@'127.0.0.1'"
    as_root(stand.mariadb, f"ALTER USER {account} ACCOUNT LOCK", f"KILL USER {account}")
    yield
    as_root(stand.mariadb, f"ALTER USER {account} ACCOUNT UNLOCK")


@contextmanager
def disk_full(stand: Stand) -> Iterator[None]:
    """Each write answers 1114, as InnoDB does on a full disk."""
    full = "FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1114, MESSAGE_TEXT = 'The table is full'"
    writes = [
        (f"{DATABASE}.full_{event}_{table}", f"BEFORE {event} ON {DATABASE}.{table}")
        for table in ("task", "task_item", "api_requests_history")
        for event in ("insert", "update")
    ]
    as_root(stand.mariadb, *(f"CREATE TRIGGER {name} {when} {full}" for name, when in writes))
    yield
    as_root(stand.mariadb, *(f"DROP TRIGGER {name}" for name, _ in writes))


@contextmanager
def redis_full(stand: Stand) -> Iterator[None]:
    """Redis takes no write for want of memory."""
    with redis.Redis.from_url(stand.redis.url) as client:
        client.config_set("maxmemory", "1mb")
        yield
        client.config_set("maxmemory", "0")


@pytest.mark.parametrize(
    ("refusing", "named"),
    [(read_only, "MySQL"), (account_locked, "MySQL"), (disk_full, "MySQL"), (redis_full, "maxmemory")],
)
def test_answers_in_hand_are_held_until_the_store_takes_them(
    stand: Stand, refusing: Callable[[Stand], AbstractContextManager[None]], named: str
) -> None:
    cluster = stand.cluster
    cluster.model.tell(latency=CALL_SECONDS)
    items = cluster.worker("items", slots=ROWS, queues="corrections,evaluations")
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    cluster.await_ready()
    id_task = cluster.add_task([f"Item {number}" for number in range(ROWS)])
    wait_until(lambda: cluster.model.counts()["in_flight"] >= ROWS // 2, "calls under way", seconds=40)
    with refusing(stand):
        pause_over(REFUSING_SECONDS)
    task = cluster.await_task(id_task, seconds=60)
    assert (task["records_processed"], task["records_failed"]) == (ROWS, 0)
    assert cluster.model.counts()["total"] == ROWS, "no answer was paid for twice"
    assert sum(row["lost"] for row in cluster.items(id_task)) == 0
    said = items.said()
    lines = [line for line in said.splitlines() if named in line and "WARNING" in line]
    assert 1 <= len(lines) <= LINES, lines
    assert "Traceback" not in said


def pause_over(seconds: float) -> None:
    """Let so much time pass: the fault under test is one of duration."""
    import time  # noqa: PLC0415 - the only use

    ends = time.monotonic() + seconds
    wait_until(lambda: time.monotonic() > ends, "the outage's length", seconds=seconds + 5)


@pytest.fixture
def api(corrections_cluster: Cluster) -> Iterator[str]:
    """The API's address; heartbeats come every second."""
    with serving_api(corrections_cluster, HEARTBEAT_SECONDS="1", MODEL_DEADLINE_SECONDS="3") as address:
        yield address


def checks(api: str) -> tuple[int, dict[str, bool]]:
    try:
        with _open(f"{api}/ready", timeout=10) as response:
            return response.status, json.load(response)["checks"]
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)["checks"]


def test_ready_names_what_is_missing_from_the_first_start_to_a_drain(
    corrections_cluster: Cluster, api: str
) -> None:
    cluster = corrections_cluster
    missing: Callable[[], set[str]] = lambda: {name for name, well in checks(api)[1].items() if not well}  # noqa: E731
    assert checks(api)[0] == 503
    assert missing() == {"beat"}, "nothing was ever started"
    beat = cluster.beat()
    wait_until(lambda: missing() == {"worker scans"}, "beat seen, and no worker", seconds=30)
    cluster.worker("scans", queues="scans")
    wait_until(
        lambda: missing() == {"worker bulk", "worker quarantine", "worker corrections"},
        "a scans' worker without others",
        seconds=40,
    )
    cluster.worker("items", queues="corrections")
    cluster.worker("rest", queues="bulk,quarantine")
    wait_until(lambda: checks(api)[0] == 200, "everything at work", seconds=40)
    cluster.command("drain")
    wait_until(lambda: missing() == {"dispatch"}, "the drain shown", seconds=10)
    assert "drained" in cluster.command("status")
    cluster.command("drain", "--undo")
    wait_until(lambda: checks(api)[0] == 200, "everything at work again", seconds=20)
    beat.kill()
    wait_until(lambda: missing() == {"beat"}, "the dead beat named", seconds=3 * 1 + 5 + 10)


def test_a_drain_waits_for_rows_whose_worker_does_not_reply(corrections_cluster: Cluster) -> None:
    cluster = corrections_cluster
    cluster.model.tell(latency=8.0)
    worker, _ = cluster.worker(LEASE_SECONDS="30"), cluster.beat()
    id_task = cluster.add_task([f"Item {number}" for number in range(10)])
    wait_until(lambda: cluster.model.counts()["in_flight"] == 10, "calls under way", seconds=40)
    worker.freeze()
    try:
        said = cluster.command("drain", "--seconds", "2", expect=1)
    finally:
        worker.thaw()
    assert "10 rows are still under way" in said
    assert "drained" in cluster.command("drain", "--seconds", "30")
    assert sum(row["status_id"] == 1 for row in cluster.items(id_task)) == 10

"""Guarantee 10: each server away in turn, refused, blackholed and slow; all runs on by itself within 15 s of
the end.

The outages here are longer than every time-out that FAST sets; `dev.py chaos` has those that outlast
production's.
"""

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.cluster import Cluster
from tests.acceptance.faults.proxy import How, Proxy
from tests.waiting import wait_until

OUTAGE_SECONDS = 6.0
BACK_SECONDS = 15.0
FIRST_ROWS, MEASURED_ROWS = 40, 100
PROOF_SECONDS = 3.0
"""As many rows as were done in this time before the outage show that throughput is back."""
SLOTS = 10
SPARE = 3 * SLOTS
"""Connections that pools may keep: at their fullest each slot holds one of a store, one to the broker and one
to the limits. A leak would grow with every try.
"""
BOUNDS = {"redis": 240, "mysql": 33, "mongo": 103}
"""Connections of one process, as docs/scaling.md states them."""
FAULT_MINUTES = float(os.environ.get("FAULT_MINUTES") or 0.5)
CHANGE_SECONDS = 5.0
LOOK_SECONDS = 0.25
AWAY: tuple[How, ...] = ("refused", "blackholed", "slow")
STORE = {"redis": "corrections", "mysql": "corrections", "mongo": "evaluations", "model": "corrections"}
SHORT = {"MODEL_DEADLINE_SECONDS": "4", "STORE_SECONDS": "3", "RESERVE_SECONDS": "20"}


@dataclass
class Cut:
    """A cluster all of whose connections pass through proxies."""

    cluster: Cluster
    proxies: dict[str, Proxy]
    id_task: int

    def done(self, server: str) -> int:
        """Rows that are answered, of the pipeline that the server matters to."""
        if STORE[server] == "evaluations":
            return self.cluster.mongo.queue_cut.count_documents({"status": "completed"})
        counted = self.cluster.query(
            "SELECT COUNT(*) AS done FROM task_item WHERE id_task = %s AND status_id = 1", (self.id_task,)
        )
        return int(counted[0]["done"])

    def descriptors(self) -> int:
        """Open files of the worker that works the items."""
        return len(list(Path(f"/proc/{self.cluster.workers[0].process.pid}/fd").iterdir()))


@pytest.fixture
def cut(cluster: Cluster) -> Iterator[Cut]:
    """Both pipelines at work on a backlog that lasts; the test's own connections do not pass through the
    proxies.
    """
    environment = dict(cluster.environment)
    with ExitStack() as stack:
        proxies = {
            name: stack.enter_context(Proxy(port))
            for name, port in {
                "redis": urlsplit(environment["REDIS_URL"]).port,
                "mysql": int(environment["MYSQL_PORT"]),
                "mongo": urlsplit(environment["MONGODB_URI"]).port,
                "model": urlsplit(environment["OFFLINE_URL"]).port,
            }.items()
            if port
        }
        through = {
            name: _through(environment[name], proxies["redis"].port)
            for name in ("REDIS_URL", "LIMITS_REDIS_URL")
        }
        through |= {
            "MYSQL_PORT": str(proxies["mysql"].port),
            "OFFLINE_URL": _through(environment["OFFLINE_URL"], proxies["model"].port),
        }
        through |= {"MONGODB_URI": _through(environment["MONGODB_URI"], proxies["mongo"].port)}
        cluster.model.tell(latency=0.2)
        id_task = cluster.add_task([])
        cluster.add_items(id_task, 30_000)
        entries = [
            {"status": "pending", "model": "offline-small", "prompt": f"Question {number}"}
            for number in range(4000)
        ]
        cluster.mongo.queue_cut.insert_many(entries)
        for name, queues in (("items", "corrections,evaluations"), ("scans", "scans,bulk,quarantine")):
            cluster.worker(name, slots=SLOTS, queues=queues, **SHORT, **through)
        cluster.environment |= {**SHORT, **through}
        cluster.beat()
        cluster.environment |= environment
        yield Cut(cluster, proxies, id_task)


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@127.0.0.1:{port}" if login else f"127.0.0.1:{port}").geturl()


@pytest.mark.parametrize("server", list(STORE))
def test_throughput_is_back_after_every_outage(cut: Cut, server: str) -> None:
    with Keeper(cut.cluster) as keeper:
        proof = _rows_in_proof(cut, server)
        descriptors = cut.descriptors()
        connections = {name: proxy.connections() for name, proxy in cut.proxies.items()}
        for how in AWAY:
            back = _outage(cut, server, how, proof)
            print(
                f"{server} {how}: {proof} rows, as many as in {PROOF_SECONDS} s before, "
                f"{back:.1f} s after its end"
            )
            assert back <= BACK_SECONDS, f"{server} {how}"
        assert keeper.deaths == 0
    wait_until(
        lambda: cut.descriptors() <= descriptors + SPARE,
        f"descriptors back from {cut.descriptors()} to {descriptors}",
    )
    for name, proxy in cut.proxies.items():
        wait_until(
            lambda proxy=proxy, name=name: proxy.connections() <= connections[name] + SPARE,
            f"{name} let go of",
        )
    assert cut.cluster.query("SELECT COUNT(*) AS failed FROM task_item WHERE status_id = 3")[0]["failed"] == 0
    assert cut.cluster.mongo.queue_cut.count_documents({"status": "failed"}) == 0


def test_connections_stay_within_their_bounds_whatever_the_weather(cut: Cut) -> None:
    """Faults of all servers in turn, by a seed. `FAULT_MINUTES=120` is the long form."""
    seed = int(os.environ.get("FAULT_SEED") or secrets.randbelow(10**6))
    print(f"FAULT_SEED={seed}")
    random, processes = Random(seed), len(cut.cluster.workers)
    cut.cluster.model.tell(latency=3.0)
    most: dict[str, Counter[str]] = {"first half": Counter(), "second half": Counter()}
    began = time.monotonic()
    with Keeper(cut.cluster) as keeper:
        while (passed := (time.monotonic() - began) / 60) < FAULT_MINUTES:
            server, how = random.choice(list(STORE)), random.choice(AWAY)
            half = most["first half" if passed < FAULT_MINUTES / 2 else "second half"]
            for state in (how, "well"):
                cut.proxies[server].turn(state)
                _look(cut, half, CHANGE_SECONDS)
            for name, bound in BOUNDS.items():
                assert half[name] <= bound * processes, f"{name} after {passed:.1f} min, seed {seed}"
        assert keeper.deaths == 0
    print(f"{FAULT_MINUTES} minutes: {most}")
    for name, found in most["second half"].items():
        assert found <= most["first half"][name] + SPARE, f"{name} grows, seed {seed}"


def _look(cut: Cut, most: Counter[str], seconds: float) -> None:
    """Note the most connections and open files seen within a time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        seen = {name: cut.proxies[name].connections() for name in BOUNDS} | {"files": cut.descriptors()}
        for name, number in seen.items():
            most[name] = max(most[name], number)
        time.sleep(LOOK_SECONDS)


def _rows_in_proof(cut: Cut, server: str) -> int:
    """Rows done in `PROOF_SECONDS` while all is well."""
    _goes_on(lambda: cut.done(server), FIRST_ROWS)
    began, done = time.monotonic(), cut.done(server)
    _goes_on(lambda: cut.done(server), done + MEASURED_ROWS)
    return int((cut.done(server) - done) / (time.monotonic() - began) * PROOF_SECONDS)


def _outage(cut: Cut, server: str, how: How, proof: int) -> float:
    """Seconds from the end of an outage until so many rows are done again."""
    proxy = cut.proxies[server]
    proxy.turn(how)
    time.sleep(OUTAGE_SECONDS)
    if server == "redis" and how != "slow":
        _no_calls_without_limits(cut)
    proxy.turn("well")
    ended, done = time.monotonic(), cut.done(server)
    _goes_on(lambda: cut.done(server), done + proof)
    return time.monotonic() - ended


def _no_calls_without_limits(cut: Cut) -> None:
    """Guarantee 9: while Redis is away nobody is asked."""
    before = cut.cluster.model.counts()["total"]
    time.sleep(1.0)
    assert cut.cluster.model.counts()["total"] == before


def _goes_on(done: Callable[[], int], rows: int) -> None:
    wait_until(lambda: done() >= rows, f"{rows} rows done", seconds=60)

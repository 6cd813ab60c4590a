"""Pause, resume, stop and deletion by HTTP: each holds within two seconds, in every phase, across restarts of
everything.
"""

import time
from collections.abc import Iterator

import pytest
import requests

from devtools.ports import free_port
from tests.acceptance.cluster import Cluster, Worker
from tests.acceptance.loops.doubles import Outside, outside
from tests.acceptance.loops.test_proof import MANY, QUEUES, create, current, in_hand, one
from tests.waiting import wait_until

HOLDS_SECONDS = 2.0
RESTARTED = "writing"
"""The phase in whose pause every process is killed. The start of their successors is no part of the promise:
a resume is sent, and its two seconds begin, when API, worker, scanner and beat are ready.
"""
CALL_SECONDS, LONG_CALL_SECONDS = 0.3, 1.0
"""Of each call to a model or a knowledge base. A phase of few rows would be over before it is seen: there
each call takes long.
"""
LONG_LEASES = {"LEASE_SECONDS": "90", "RESERVE_SECONDS": "300"}
"""The usual ones: nothing ends by itself while a test runs."""
PHASES = ("fetching", "writing", "judging", "deduplicating", "comparing", "testing")
TABLES = (
    "loop_task",
    "loop_round",
    "qa_gen_task",
    "qa_gen_question",
    "single_jump_task",
    "single_jump_result",
    "loop_chunk",
    "loop_step",
    "loop_write",
    "loop_pair",
)


class Api:
    """The HTTP API, in a process of its own."""

    def __init__(self, cluster: Cluster) -> None:
        self.port = free_port()
        arguments = ["ai_worker", "serve", "--port", str(self.port)]
        self.process = Worker("api", arguments, cluster.environment, cluster.folder / "api.log")
        cluster.workers.append(self.process)

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return requests.get(self._at("list"), timeout=5).ok
        except requests.ConnectionError:
            return False

    def tell(self, loop_id: str, what: str) -> float:
        """Pause, resume or stop a loop; returns when that was answered."""
        requests.post(self._at(f"{loop_id}/{what}"), timeout=20).raise_for_status()
        return time.monotonic()

    def delete(self, loop_id: str) -> None:
        """Delete a loop."""
        requests.delete(self._at(loop_id), timeout=30).raise_for_status()

    def _at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/api/loop/task/{path}"


@pytest.fixture
def world() -> Iterator[Outside]:
    with outside(24, 7, 0.0) as made:
        made.slow(CALL_SECONDS)
        yield made


def await_phase(cluster: Cluster, loop_id: str, phase: str) -> None:
    """Wait until a worker holds a row of the phase."""

    def reached() -> bool:
        now = current(cluster, loop_id)
        assert now["loop_status"] == "running", now
        return bool(now["phase"] == phase) and in_hand(cluster, now)

    wait_until(reached, f"a row of {phase} in hand", seconds=90, every=0.01)


def restart_everything(cluster: Cluster, worker: Worker, api: Api) -> None:
    """Kill every process and start it again; returns when all of them are ready: the worker, which is the
    scanner, too, has said so, the API answers, and beat has sent a message.
    """
    [beat] = [process for process in cluster.workers if process.name == "beat"]
    sent = beat.said().count("Sending due task")
    for process in cluster.workers:
        process.kill()
    for process in cluster.workers:
        process.start()
    cluster.await_ready(worker)
    wait_until(api.ready, "the API", seconds=60)
    wait_until(lambda: beat.said().count("Sending due task") > sent, "beat", seconds=60)


def quiet_after(world: Outside, moment: float) -> float:
    """Seconds from a moment to the last call that came after it, once none has come for three seconds."""
    wait_until(lambda: time.monotonic() - max(world.last(), moment) > 3.0, "no more calls", seconds=30)
    return max(0.0, world.last() - moment)


def test_pause_and_resume_hold_in_every_phase_across_restarts_and_nothing_is_asked_twice(
    cluster: Cluster, world: Outside
) -> None:
    api = Api(cluster)
    loop_id = create(cluster, world, max_rounds=1, concurrency=5)
    wait_until(api.ready, "the API", seconds=60)
    worker = cluster.worker("loops", queues=QUEUES, slots=20)
    cluster.beat()
    held, resumed = {}, {}
    for phase in PHASES:
        world.slow(CALL_SECONDS if phase in MANY else LONG_CALL_SECONDS)
        await_phase(cluster, loop_id, phase)
        held[phase] = quiet_after(world, api.tell(loop_id, "pause"))
        if phase == RESTARTED:
            restart_everything(cluster, worker, api)
            before = world.last()
            wait_until(lambda at=before: time.monotonic() - at > 8.0, "a while", seconds=30)
            assert world.last() == before, "a paused loop went on after a restart"
        moment = api.tell(loop_id, "resume")
        wait_until(lambda at=moment: world.last() > at, f"calls after a resume in {phase}", seconds=20)
        resumed[phase] = min(call for call in world.arrivals if call > moment) - moment
    wait_until(lambda: current(cluster, loop_id)["loop_status"] == "done", "the end", seconds=120)
    print("held after", held, "resumed after", resumed)
    assert max(held.values()) < HOLDS_SECONDS
    assert max(resumed.values()) < HOLDS_SECONDS
    rows = {name: one(cluster, f"SELECT COUNT(*) AS n FROM {table}")["n"] for name, table in ASKED.items()}
    assert dict(world.model.chance.calls)["write"] == rows["write"]
    assert dict(world.model.chance.calls)["judge"] == rows["judge"]
    assert dict(world.model.chance.calls)["compare"] == rows["compare"]
    assert one(cluster, "SELECT COUNT(*) AS n FROM single_jump_result WHERE status_id IN (0, 2)")["n"] == 0


ASKED = {
    "write": "loop_write",
    "judge": "qa_gen_question WHERE quality_score IS NOT NULL",
    "compare": "loop_pair",
}
"""The rows for which a model is asked once."""


@pytest.mark.parametrize("paused", [False, True], ids=["running", "paused"])
def test_rows_that_killed_workers_held_wait_for_no_lease(
    cluster: Cluster, world: Outside, paused: bool
) -> None:
    cluster.environment |= LONG_LEASES
    api = Api(cluster)
    loop_id = create(cluster, world, max_rounds=1, concurrency=5)
    wait_until(api.ready, "the API", seconds=60)
    worker = cluster.worker("loops", queues=QUEUES, slots=20)
    cluster.beat()
    await_phase(cluster, loop_id, "judging")
    world.slow(40.0)
    wait_until(lambda: time.monotonic() - world.last() > 2.0, "all places of the loop taken", seconds=30)
    held = [row["seq"] for row in cluster.query("SELECT seq FROM qa_gen_question WHERE status_id = 2")]
    assert len(held) == 5
    if paused:
        api.tell(loop_id, "pause")
    world.slow(0.1)
    restart_everything(cluster, worker, api)
    moment = api.tell(loop_id, "resume") if paused else time.monotonic()
    lost = "SELECT COUNT(*) AS n FROM qa_gen_question WHERE lost = 1"
    wait_until(lambda: one(cluster, lost)["n"] == 5, "the rows in hand are worked again", seconds=60)
    assert time.monotonic() - moment < HOLDS_SECONDS
    wait_until(lambda: world.last() > moment, "calls", seconds=20)
    wait_until(lambda: current(cluster, loop_id)["loop_status"] == "done", "the end", seconds=120)


def test_a_stop_holds_in_every_phase_and_its_statuses_are_final(cluster: Cluster, world: Outside) -> None:
    api = Api(cluster)
    wait_until(api.ready, "the API", seconds=60)
    cluster.worker("loops", queues=QUEUES, slots=20)
    cluster.beat()
    held = {}
    for phase in PHASES:
        # The phases before one of few rows have many places.
        world.slow(CALL_SECONDS if phase in MANY else LONG_CALL_SECONDS)
        loop_id = create(cluster, world, max_rounds=2, concurrency=5 if phase in MANY else 20)
        await_phase(cluster, loop_id, phase)
        held[phase] = quiet_after(world, api.tell(loop_id, "stop"))
        now = current(cluster, loop_id)
        assert (now["loop_status"], now["status"]) == ("stopped", "done")
        for table in ("loop_step", "loop_write", "qa_gen_question", "loop_pair", "single_jump_result"):
            assert one(cluster, f"SELECT COUNT(*) AS n FROM {table} WHERE status_id IN (0, 2)")["n"] == 0, (
                phase,
                table,
            )
    print("held after", held)
    assert max(held.values()) < HOLDS_SECONDS


@pytest.mark.parametrize("phase", ["fetching", "testing"])
def test_a_running_loop_that_is_deleted_leaves_no_row(cluster: Cluster, world: Outside, phase: str) -> None:
    api = Api(cluster)
    loop_id = create(cluster, world, max_rounds=2, concurrency=5)
    wait_until(api.ready, "the API", seconds=60)
    cluster.worker("loops", queues=QUEUES, slots=20)
    cluster.beat()
    await_phase(cluster, loop_id, phase)
    api.delete(loop_id)
    quiet_after(world, time.monotonic())
    assert {
        table: one(cluster, f"SELECT COUNT(*) AS n FROM {table}")["n"] for table in TABLES
    } == dict.fromkeys(TABLES, 0)

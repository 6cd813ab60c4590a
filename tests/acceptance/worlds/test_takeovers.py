"""Rows 1 and 10, defect 3: a worker that vanishes, or sleeps past its lease, in the middle of a job of any
kind. Its job is taken over once, nothing is made twice, and the world ends.
"""

from pathlib import Path

import pytest

from ai_worker.pipelines.worlds import dag
from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.conftest import MakeCluster
from tests.acceptance.worlds.holding import hold
from tests.acceptance.worlds.ordering import QUEUES, await_end, jobs, order
from tests.acceptance.worlds.proof import check_world
from tests.acceptance.worlds.tampered import TAMPERED
from tests.waiting import wait_until
from tests.worlds import faulty_images
from tests.worlds.double import Double

ASKED = 8
"""Times that the model is asked for one character with one post: every kind but the first job once."""
PICTURES = 4
PAINTER = """
[models.painter]
provider = "openai"
base_url = "{url}/v1"
price_input = "1"
price_output = "10"
"""


@pytest.mark.parametrize("kind", [kind.name for kind in dag.KINDS])
@pytest.mark.parametrize("stop", ["SIGKILL", "SIGSTOP"])
def test_a_job_whose_worker_is_stopped_is_taken_over_once(
    make_worlds: MakeCluster, double: Double, tmp_path: Path, kind: str, stop: str
) -> None:
    """One character with one post: nine jobs, one of each kind."""
    with faulty_images.running(0.0) as images:
        (tmp_path / "models.toml").write_text(PAINTER.format(url=images.url), encoding="utf-8")
        cluster = make_worlds(
            WORLDS_IMAGE_MODEL="painter",
            MODELS_FILE=str(tmp_path / "models.toml"),
            MODEL_DEADLINE_SECONDS="60",
            PLATFORM_SECONDS="60",
        )
        held = hold(kind, cluster, double)
        first = cluster.worker("first", queues=QUEUES, program=held.program)
        cluster.beat()
        world, _ = order(cluster, 1, 1)
        wait_until(
            lambda: held.reached() and _others_ended(cluster, world, kind),
            f"a {kind} in the middle of its work, and no other job",
            seconds=60,
        )
        [job] = jobs(cluster, world, type=kind)
        assert (job["status"], job["attempt_count"]) == ("in_progress", 1)
        first.kill() if stop == "SIGKILL" else first.freeze()
        cluster.worker("second", queues=QUEUES)
        wait_until(lambda: _job(cluster, world, kind)["attempt_count"] == 2, "the job taken over", seconds=60)
        held.release()
        if stop == "SIGSTOP":
            first.thaw()
            wait_until(
                lambda: "taken over by another worker" in first.said(), "its answer dropped", seconds=60
            )
        await_end(cluster, world, 120)
        figures = check_world(cluster, double, world, 1, 1)
        assert (figures["tasks_completed"], figures["tasks_failed"]) == (len(dag.KINDS), 0)
        assert (figures["people at the platform"], figures["posts at the platform"]) == (1, 1)
        assert images.paid == images.calls == PICTURES, "a picture that is paid for is not painted again"
        asked = ASKED + held.asked_twice
        assert cluster.model.counts()["total"] == asked
        assert figures["calls"] == (asked, PICTURES)
        taken = _job(cluster, world, kind)
        assert (taken["lost"], taken["attempt_count"], taken.get("attempts", 0)) == (1, 2, 0)
        assert figures["lost"] == 1
        assert len({call["key"] for call in double.calls("create_post")}) == 1


def _others_ended(cluster: Cluster, world: str, kind: str) -> bool:
    others = jobs(cluster, world, type={"$ne": kind})
    return all(job["status"] == "completed" and "outbox_at" not in job for job in others)


def _job(cluster: Cluster, world: str, kind: str) -> dict[str, object]:
    [job] = jobs(cluster, world, type=kind)
    return job


@pytest.mark.parametrize(
    ("kind", "end", "users", "posts"),
    [
        (dag.DESCRIPTION, "failed", 0, 0),
        (dag.CHARACTER_BATCH, "failed", 0, 0),
        (dag.CHARACTER, "completed", 1, 1),
        (dag.POST_IMAGE, "completed", 2, 1),
    ],
)
def test_a_job_whose_worker_vanished_for_good_ends_its_branch_and_not_the_world(
    make_worlds: MakeCluster, double: Double, kind: str, end: str, users: int, posts: int
) -> None:
    """The first job of a kind ends every worker that works it; the rest of the world is made."""
    cluster = make_worlds(VANISH=kind)
    cluster.worker("jobs", queues="worlds", program=TAMPERED)
    cluster.worker("quarantine", slots=1, queues="quarantine", program=TAMPERED)
    cluster.worker("scans", queues="scans,bulk")
    cluster.beat()
    world, _ = order(cluster, 2, 2)
    with Keeper(cluster) as keeper:
        ended = await_end(cluster, world, 180)
    [failed] = jobs(cluster, world, status="failed")
    assert (failed["type"], failed["error_class"], failed["lost"]) == (kind, "worker_lost", 3)
    assert keeper.deaths == 3
    assert (ended["status"], ended["users_created"], ended["posts_created"]) == (end, users, posts)
    assert (ended["tasks_failed"], ended["tasks_completed"]) == (1, ended["tasks_total"] - 1)
    assert (len(double.memory.characters), len(double.memory.posts)) == (users, posts)
    assert jobs(cluster, world, status={"$nin": ["completed", "failed"]}) == []

"""Troubles of others in real worlds: a crash between a job and its children, a retry beside finished
siblings, a model that wants fewer calls, workers restarted one after the other.
"""

import pytest

from ai_worker.pipelines.worlds import dag
from tests.acceptance.chaos.keeper import Keeper
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.conftest import MakeCluster
from tests.acceptance.worlds.ordering import QUEUES, await_end, ended_jobs, jobs, order
from tests.acceptance.worlds.proof import check_world
from tests.acceptance.worlds.tampered import TAMPERED
from tests.waiting import wait_until
from tests.worlds.double import Double

POSTS = 60
"""Work for longer than two restarts take."""


@pytest.mark.parametrize("point", ["insert_jobs", "_hand_over"])
def test_children_start_whose_parent_ended_just_before_a_crash(
    make_worlds: MakeCluster, double: Double, point: str
) -> None:
    """Row 4: the job is stored as completed, and its worker dies before its children are inserted, or before
    they are started.
    """
    cluster = make_worlds(DIE_AT=point)
    cluster.worker("all", queues=QUEUES, program=TAMPERED)
    cluster.beat()
    world, _ = order(cluster, 2, 3)
    with Keeper(cluster) as keeper:
        await_end(cluster, world, 120)
    assert keeper.deaths == 1
    figures = check_world(cluster, double, world, 2, 3)
    assert (figures["tasks_failed"], figures["posts at the platform"]) == (0, 3)
    [parent] = jobs(cluster, world, type=dag.INIT)
    assert (parent["status"], parent["attempt_count"], parent.get("lost", 0)) == ("completed", 1, 0)


def test_a_job_that_fails_once_is_tried_again_and_the_end_comes_once(worlds: Cluster, double: Double) -> None:
    """Defect 2 and row 2: the siblings are long finished when the second attempt succeeds."""
    # An unusable answer is asked for once more within its attempt.
    worlds.model.tell({"fault": "not_json", "match": {"contains": "Describe one inhabitant"}, "times": 2})
    worker = worlds.worker("all", queues=QUEUES)
    worlds.beat()
    world, _ = order(worlds, 3, 6)
    await_end(worlds, world, 120)
    figures = check_world(worlds, double, world, 3, 6)
    assert (figures["tasks_failed"], figures["posts at the platform"]) == (0, 6)
    tried = sorted(job["attempt_count"] for job in jobs(worlds, world, type=dag.CHARACTER))
    assert sum(tried) > 3, "an attempt failed"
    wait_until(lambda: f"[World {world}] completed" in worker.said(), "the end in the log")
    assert worker.said().count(f"[World {world}] completed") == 1


def test_a_model_that_wants_fewer_calls_costs_no_attempt(worlds: Cluster, double: Double) -> None:
    """Row 11: rate-limited in the middle."""
    limited = {"fault": "429", "match": {"contains": "Write one post"}, "times": 4, "retry_after": 1}
    worlds.model.tell(limited)
    worlds.worker("all", queues=QUEUES)
    worlds.beat()
    world, _ = order(worlds, 2, 6)
    await_end(worlds, world, 120)
    assert worlds.model.counts()["by_answer"]["429"] == 4
    figures = check_world(worlds, double, world, 2, 6)
    assert (figures["tasks_failed"], figures["posts at the platform"]) == (0, 6)
    assert {job.get("attempts", 0) for job in jobs(worlds, world)} == {0}


def test_workers_restarted_one_after_the_other_lose_nothing(worlds: Cluster, double: Double) -> None:
    """Row 10: a rolling restart."""
    worlds.model.tell(latency=1.0)
    workers = [worlds.worker(name, queues="worlds", slots=6) for name in ("one", "two")]
    worlds.worker("scans", queues="scans,bulk,quarantine")
    worlds.beat()
    worlds.await_ready(*workers)
    world, _ = order(worlds, 3, POSTS)
    for worker in workers:
        before = ended_jobs(worlds)
        wait_until(lambda before=before: ended_jobs(worlds) > before + 8, "work", seconds=60)  # type: ignore[misc]
        assert worker.terminate() == 0
        worker.start()
        worlds.await_ready(worker)
    await_end(worlds, world, 180)
    figures = check_world(worlds, double, world, 3, POSTS)
    assert (figures["tasks_failed"], figures["lost"], figures["posts at the platform"]) == (0, 0, POSTS)
    assert {job.get("attempts", 0) for job in jobs(worlds, world)} == {0}

"""Many worlds on the same workers: shared fairly, bounded, and paused where they are told to be."""

import time

import pytest

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.conftest import MakeCluster
from tests.acceptance.worlds.ordering import QUEUES, await_end, ended_jobs, jobs, order, status
from tests.waiting import wait_until
from tests.worlds.double import Double

CALL_SECONDS = 0.2
POSTS = 240
"""Of the large world: work for twice as long as the small ones take together."""


@pytest.mark.parametrize("bound", ["MAX_CONCURRENT_LLM_REQUESTS", "MAX_CONCURRENT_TASKS"])
def test_small_worlds_end_beside_a_large_one(make_worlds: MakeCluster, double: Double, bound: str) -> None:
    """Small worlds that come after a large one do not wait for it: while they are made, it gets no more of
    the model, or of the slots, than all of them together.
    """
    cluster = make_worlds(**{bound: "5"})
    cluster.model.tell(latency=0.5)
    cluster.worker("jobs", queues="worlds", slots=20)
    cluster.worker("scans", queues="scans,bulk,quarantine")
    cluster.beat()
    large, _ = order(cluster, 10, POSTS)
    wait_until(lambda: cluster.mongo.tasks.count_documents({"type": dag.POST}) >= 60, "a queue", seconds=120)
    done = status(cluster, large)["tasks_completed"]
    small = [order(cluster, 1, 2)[0] for _ in range(9)]
    ended = {"_id": {"$in": small}, "status": "completed"}
    wait_until(
        lambda: cluster.mongo.world_generation_status.count_documents(ended) == 9,
        "small worlds",
        seconds=240,
    )
    meanwhile = status(cluster, large)["tasks_completed"] - done
    ends = [status(cluster, world) for world in small]
    took = [end["updated_at"] - end["created_at"] for end in ends]
    print(f"\nsmall worlds {min(took)} to {max(took)}; {meanwhile} jobs of the large one meanwhile")
    assert meanwhile <= sum(end["tasks_completed"] for end in ends)
    assert await_end(cluster, large, 240)["posts_created"] == POSTS
    assert len(double.memory.posts) == POSTS + 9 * 2


def test_more_jobs_than_slots_all_come_to_their_turn(make_worlds: MakeCluster) -> None:
    """Defect 1: beyond the bound a message was dropped, and its document stayed pending for ever."""
    cluster = make_worlds(MAX_CONCURRENT_TASKS="3")
    cluster.model.tell(latency=CALL_SECONDS)
    cluster.worker("all", queues=QUEUES, slots=20)
    cluster.beat()
    worlds = [order(cluster, 2, 8)[0] for _ in range(2)]
    for world in worlds:
        ended = await_end(cluster, world, 180)
        assert (ended["posts_created"], ended["tasks_failed"]) == (8, 0)
        assert all(job["attempts"] == 0 for job in jobs(cluster, world) if "attempts" in job)
    assert cluster.model.counts()["max_in_flight"] <= 3


def test_a_paused_world_starts_no_jobs_until_it_is_resumed(worlds: Cluster) -> None:
    worlds.model.tell(latency=CALL_SECONDS)
    worlds.worker("all", queues=QUEUES)
    worlds.beat()
    world, _ = order(worlds, 3, 9)
    wait_until(lambda: jobs(worlds, world, type=dag.CHARACTER), "its characters", seconds=60)
    worlds.mongo.world_generation_status.update_one({"_id": world}, {"$set": {"paused": True}})
    wait_until(lambda: not jobs(worlds, world, status="in_progress"), "the jobs in work", seconds=60)
    # What was in the queue at that moment may still be worked; then nothing moves over several scans.
    before, quiet = -1, 0
    deadline = time.monotonic() + 60
    while quiet < 4:
        assert time.monotonic() < deadline
        now = ended_jobs(worlds)
        quiet, before = (quiet + 1, now) if now == before else (0, now)
        time.sleep(1)
    assert jobs(worlds, world, status="pending")
    worlds.mongo.world_generation_status.update_one({"_id": world}, {"$unset": {"paused": ""}})
    assert await_end(worlds, world, 120)["posts_created"] == 9

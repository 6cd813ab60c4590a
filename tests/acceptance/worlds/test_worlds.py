"""Worlds by real workers, ordered as the platform's world service does."""

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.ordering import QUEUES, await_end, jobs, order
from tests.worlds.double import Double


def test_a_world_of_the_world_service_is_filled(worlds: Cluster, double: Double) -> None:
    """A job document without any message starts at the next scan."""
    worlds.worker("all", queues=QUEUES)
    worlds.beat()
    world, _ = order(worlds, 3, 5)
    ended = await_end(worlds, world, 120)
    assert (ended["status"], ended["users_created"], ended["posts_created"]) == ("completed", 3, 5)
    assert (ended["tasks_failed"], ended["tasks_completed"]) == (0, ended["tasks_total"])
    assert ended["api_calls_made_LLM"] == 3 + 3 * 3 + 2 * 5
    assert (len(double.memory.characters), len(double.memory.posts)) == (3, 5)
    done = jobs(worlds, world)
    assert all("error" not in job and job["attempt_count"] == 1 for job in done)
    assert all(job["worker_id"].startswith("worker-") and job["result"] for job in done)
    assert {kind: len(jobs(worlds, world, type=kind)) for kind in (dag.POST, dag.AVATAR)} == {
        dag.POST: 5,
        dag.AVATAR: 3,
    }

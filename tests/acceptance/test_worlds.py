"""Worlds by real workers, ordered as the platform's world service does."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster
from tests.waiting import wait_until
from tests.worlds.double import Double, running

QUEUES = "worlds,scans,bulk,quarantine"


@pytest.fixture
def double() -> Iterator[Double]:
    with running() as one:
        yield one


@pytest.fixture
def worlds(request: pytest.FixtureRequest, tmp_path: Path, double: Double) -> Iterator[Cluster]:
    broker = request.getfixturevalue("broker").environment()
    database = request.getfixturevalue("mongo_database")
    cluster = Cluster(
        tmp_path,
        broker["REDIS_URL"],
        broker["LIMITS_REDIS_URL"],
        request.getfixturevalue("model"),
        None,
        (request.getfixturevalue("mongodb_uri"), database),
        PIPELINES="worlds",
        MONGODB_DATABASE=database,
        MONGO_DB=f"{database}_log",
        WORLDS_MODEL="offline-large",
        API_GATEWAY_URL=double.url,
        PLATFORM_SECONDS="5",
    )
    yield cluster
    cluster.stop()
    cluster.mongo.client.drop_database(f"{database}_log")


def order(cluster: Cluster, users: int, posts: int) -> str:
    """The eleven keys that the world service writes; no message."""
    world = str(uuid4())
    now = datetime.now(UTC)
    parameters = {"user_prompt": "Islands in the sky", "users_count": users, "posts_count": posts}
    cluster.mongo.tasks.insert_one(
        {
            "_id": str(uuid4()),
            "type": dag.INIT,
            "world_id": world,
            "status": "pending",
            "worker_id": None,
            "parameters": {**parameters, "created_at": now.isoformat()},
            "result": None,
            "created_at": now,
            "updated_at": now,
            "attempt_count": 0,
            "error": None,
        }
    )
    return world


def status(cluster: Cluster, world: str) -> dict[str, Any]:
    return cluster.mongo.world_generation_status.find_one({"_id": world}) or {}


def await_end(cluster: Cluster, world: str, seconds: float) -> dict[str, Any]:
    wait_until(
        lambda: status(cluster, world).get("status") in ("completed", "failed"),
        f"the end of {world}",
        seconds=seconds,
    )
    return status(cluster, world)


def jobs(cluster: Cluster, world: str, **wanted: Any) -> list[dict[str, Any]]:
    return list(cluster.mongo.tasks.find({"world_id": world, **wanted}))


def ended_jobs(cluster: Cluster) -> int:
    return int(cluster.mongo.tasks.count_documents({"status": {"$in": ["completed", "failed"]}}))


def test_a_world_of_the_world_service_is_filled(worlds: Cluster, double: Double) -> None:
    worlds.worker("all", queues=QUEUES)
    worlds.beat()
    world = order(worlds, 3, 5)
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


def test_a_world_ends_whatever_fails_on_the_way(worlds: Cluster, double: Double) -> None:
    """Faults at model and platform, workers killed: nothing is created twice, the recount is right."""
    worlds.model.tell(rate=0.2, latency=0.1)
    double.tell(rate=0.2, faults=["500_before", "503_before", "drop_after", "500_after", "409"])
    workers = [worlds.worker(f"jobs-{number}", queues="worlds") for number in range(2)]
    worlds.worker("scans", queues="scans,bulk,quarantine")
    worlds.beat()
    ids = [order(worlds, 4, 10) for _ in range(2)]
    chance = random.Random(3)
    for share in (10, 30):
        wait_until(
            lambda share=share: ended_jobs(worlds) >= share,
            f"{share} jobs ended",
            seconds=120,
        )
        chance.choice(workers).restart()
    for world in ids:
        ended = await_end(worlds, world, 240)
        posts = [post for post in double.memory.posts.values() if post.world_id == world]
        people = [one for one in double.memory.characters.values() if one.world_id == world]
        assert len({post.media_id for post in posts}) == len(posts)
        assert len({one.username for one in people}) == len(people)
        assert jobs(worlds, world, status={"$in": ["pending", "in_progress"]}) == []
        assert ended["tasks_total"] == len(jobs(worlds, world))
        assert ended["tasks_failed"] == len(jobs(worlds, world, status="failed"))
        assert ended["users_created"] == len(jobs(worlds, world, type=dag.CHARACTER, status="completed"))
        assert ended["posts_created"] <= len(posts) <= 10

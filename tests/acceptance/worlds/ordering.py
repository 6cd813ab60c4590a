"""Worlds ordered as the platform's world service does, and followed to their end."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster, Worker
from tests.waiting import wait_until

QUEUES = "worlds,scans,bulk,quarantine"
ENDED = ("completed", "failed")
CONSUME = ["ai_worker", "worlds", "consume"]


def order(cluster: Cluster, users: int, posts: int, **parameters: Any) -> tuple[str, str]:
    """Write the eleven keys that the world service writes; no message. Returns the ids of world and job."""
    world, job = str(uuid4()), str(uuid4())
    now = datetime.now(UTC)
    told = {"user_prompt": "Islands in the sky", "users_count": users, "posts_count": posts, **parameters}
    cluster.mongo.tasks.insert_one(
        {
            "_id": job,
            "type": dag.INIT,
            "world_id": world,
            "status": "pending",
            "worker_id": None,
            "parameters": {**told, "created_at": now.isoformat()},
            "result": None,
            "created_at": now,
            "updated_at": now,
            "attempt_count": 0,
            "error": None,
        }
    )
    return world, job


def consumer(cluster: Cluster) -> Worker:
    """Start a process that reads Kafka."""
    log = cluster.folder / f"{len(cluster.workers)}-consume.log"
    cluster.workers.append(Worker("consume", CONSUME, cluster.environment, log))
    return cluster.workers[-1]


def status(cluster: Cluster, world: str) -> dict[str, Any]:
    """The status document."""
    return cluster.mongo.world_generation_status.find_one({"_id": world}) or {}


def await_end(cluster: Cluster, world: str, seconds: float) -> dict[str, Any]:
    """The status document, once it is terminal."""
    wait_until(
        lambda: status(cluster, world).get("status") in ENDED,
        f"the end of {world}",
        seconds=seconds,
        every=0.2,
    )
    return status(cluster, world)


def jobs(cluster: Cluster, world: str, **wanted: Any) -> list[dict[str, Any]]:
    """Job documents of a world."""
    return list(cluster.mongo.tasks.find({"world_id": world, **wanted}))


def ended_jobs(cluster: Cluster) -> int:
    """Jobs of all worlds that have ended."""
    return int(cluster.mongo.tasks.count_documents({"status": {"$in": list(ENDED)}}))


def environment(database: str, url: str, **more: str) -> Mapping[str, str]:
    """The settings of a cluster of worlds.

    Args:
        url: of the platform's double.
    """
    return {
        "PIPELINES": "worlds",
        "MONGODB_DATABASE": database,
        "MONGO_DB": f"{database}_log",
        "WORLDS_MODEL": "offline-large",
        "API_GATEWAY_URL": url,
        "PLATFORM_SECONDS": "5",
        **more,
    }

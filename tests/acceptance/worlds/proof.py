"""The books of worlds that have ended, held against each other: documents, double, model, image service."""

import json
from collections import Counter
from itertools import pairwise
from typing import Any

from confluent_kafka import Consumer

from ai_worker.pipelines.worlds import dag
from tests.acceptance.cluster import Cluster
from tests.acceptance.worlds.ordering import ENDED, jobs, status
from tests.worlds.double import Double

QUIET_POLLS = 10


def recounted(cluster: Cluster, world: str) -> dict[str, int]:
    """The counters of a world's status, counted from its jobs."""
    done = jobs(cluster, world, status="completed")
    return {
        "tasks_total": len(jobs(cluster, world)),
        "tasks_completed": len(done),
        "tasks_failed": len(jobs(cluster, world, status="failed")),
        "users_created": sum(job["type"] == dag.CHARACTER for job in done),
        "posts_created": sum(bool(job.get("published")) for job in done),
    }


def check_world(cluster: Cluster, double: Double, world: str, users: int, posts: int) -> dict[str, Any]:
    """Assert that a world ended, that nothing of it was created twice, that its recount is right.

    Returns:
        Its figures.
    """
    ended = status(cluster, world)
    assert ended["status"] == "completed", ended
    assert jobs(cluster, world, status={"$nin": list(ENDED)}) == []
    counted = recounted(cluster, world)
    assert {name: ended[name] for name in counted} == counted
    assert counted["tasks_total"] <= ended["task_predicted"]
    for api in ("LLM", "images"):
        assert ended[f"api_calls_made_{api}"] <= ended[f"api_call_limits_{api}"]
    people = [one for one in double.memory.characters.values() if one.world_id == world]
    made = [post for post in double.memory.posts.values() if post.world_id == world]
    assert len({one.username for one in people}) == len(people), "a character was created twice"
    assert counted["users_created"] <= len(people) <= users
    places = Counter(_place(double, post) for post in made)
    assert max(places.values()) == 1, f"posts published twice: {places.most_common(3)}"
    assert counted["posts_created"] <= len(made) <= posts
    children = Counter(
        (job["type"], job["parent"], _ordinal(job)) for job in jobs(cluster, world) if "parent" in job
    )
    assert max(children.values()) == 1, f"jobs inserted twice: {children.most_common(3)}"
    failed = Counter(job["error_class"] for job in jobs(cluster, world, status="failed"))
    return {
        **counted,
        "people at the platform": len(people),
        "posts at the platform": len(made),
        "calls": (ended["api_calls_made_LLM"], ended["api_calls_made_images"]),
        "lost": sum(job.get("lost", 0) for job in jobs(cluster, world)),
        "failed by": dict(failed),
    }


def _place(double: Double, post: Any) -> tuple[str, ...]:
    """A post by its place: the name of its file holds its character and its index; without one, its text."""
    medium = double.memory.media.get(post.media_id)
    return (post.character_id, medium.filename if medium else post.caption)


def _ordinal(job: dict[str, Any]) -> Any:
    told = job["parameters"]
    indexes = {dag.CHARACTER: "character_index", dag.POST: "post_index"}
    return told.get(indexes.get(job["type"], "count_run"), 0)


def messages(address: str, topic: str) -> list[dict[str, Any]]:
    """Every message of a topic, in the order of each partition."""
    told = {"bootstrap.servers": address, "group.id": "the-books", "auto.offset.reset": "earliest"}
    consumer = Consumer(told)
    consumer.subscribe([topic])
    found: list[dict[str, Any]] = []
    quiet = 0
    try:
        while quiet < QUIET_POLLS or (not found and quiet < 3 * QUIET_POLLS):
            message = consumer.poll(1.0)
            quiet += 1
            if message is not None and message.error() is None:
                quiet = 0
                found.append(json.loads(message.value() or b""))
    finally:
        consumer.close()
    return found


def check_progress(told: list[dict[str, Any]], world: str, ended: dict[str, Any]) -> int:
    """Assert that a world's states only go forward and that its end was told; returns how many were told.

    Messages of several processes may overtake each other, by their time of writing they do not go back.
    """
    mine = [message["progress"] for message in told if message["world_id"] == world]
    assert mine, "no progress was announced"
    mine.sort(key=lambda progress: (progress["updated_at"], progress["status"] in ENDED))
    for earlier, later in pairwise(mine):
        for name in ("tasks_completed", "tasks_failed", "users_created", "posts_created"):
            assert earlier[name] <= later[name]
    last = mine[-1]
    assert (last["status"], last["tasks_completed"]) == (ended["status"], ended["tasks_completed"])
    assert all(progress["status"] in ENDED or progress["status"] == "in_progress" for progress in mine)
    return len(mine)

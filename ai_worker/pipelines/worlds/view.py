"""A world as commands, pages and the demo show it: its status, its tree of jobs, its people and posts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_worker.errors import NotFound
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.repository import WorldRepository


@dataclass(slots=True)
class Node:
    """A job in the tree.

    Args:
        label: what it made, where that has a name.
    """

    id: str
    type: str
    status: str
    attempts: int
    label: str = ""
    error: str = ""
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class WorldView:
    """A world.

    Args:
        roots: its first jobs, each with what followed from it.
        failures: how many jobs failed, by error class.
    """

    status: Mapping[str, Any]
    name: str
    roots: Sequence[Node]
    people: Sequence[Mapping[str, Any]]
    posts: Sequence[Mapping[str, Any]]
    failures: Mapping[str, int]


def view_of(repository: WorldRepository, world_id: str) -> WorldView:
    """The world as it is now.

    Raises:
        NotFound: there is none of this id.
    """
    status, jobs = repository.statuses.get(world_id), repository.jobs.of_world(world_id)
    if status is None and not jobs:
        raise NotFound(f"world {world_id} is not there; `ai-worker worlds list` shows those that are")
    described = [job for job in _done(jobs, dag.DESCRIPTION) if job.get("result")]
    name = str(described[0]["result"]["world_name"]) if described else ""
    failures: dict[str, int] = {}
    for job in jobs:
        if job["status"] == "failed":
            kind = str(job.get("error_class") or "failed")
            failures[kind] = failures.get(kind, 0) + 1
    people = [job["result"] for job in _done(jobs, dag.CHARACTER)]
    published = [*_done(jobs, dag.POST), *_done(jobs, dag.POST_IMAGE)]
    posts = [_post(job) for job in published if job.get("published")]
    return WorldView(status or {"_id": world_id}, name, _tree(jobs), people, posts, failures)


def _done(jobs: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [job for job in jobs if job["type"] == kind and job["status"] == "completed"]


def _post(job: Mapping[str, Any]) -> dict[str, Any]:
    """The post's text and picture, whichever kind of job published it."""
    parameters, result = job["parameters"], job["result"]
    return {
        "post_id": result.get("post_id"),
        "username": parameters.get("username"),
        "content": parameters.get("post_content") or result.get("content"),
        "image_url": result.get("image_url", ""),
    }


def _tree(jobs: Sequence[Mapping[str, Any]]) -> list[Node]:
    nodes = {job["_id"]: _node(job) for job in jobs}
    roots: list[Node] = []
    for job in jobs:
        parent = nodes.get(job.get("parent"))
        (roots if parent is None else parent.children).append(nodes[job["_id"]])
    return roots


def _node(job: Mapping[str, Any]) -> Node:
    result = job.get("result") or {}
    label = next((str(result[key]) for key in ("world_name", "username", "post_id") if result.get(key)), "")
    error = f"{job.get('error_class', '')}: {job['error']}" if job.get("error") else ""
    return Node(job["_id"], job["type"], job["status"], int(job.get("attempts", 0)), label, error)

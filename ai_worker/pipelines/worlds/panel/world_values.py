"""A world as its page shows it: numbers, stages, the tree of jobs flattened, people, pictures and posts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import COMPLETED, FAILED, IN_PROGRESS, OPEN
from ai_worker.pipelines.worlds.repository import WorldRepository
from ai_worker.pipelines.worlds.view import Node, view_of
from ai_worker.stores.objects import key_of

SHOWN = 300
"""Of each list on one page; the counts beside it are of all."""
PICTURES = {
    "header_url": "header of the world",
    "icon_url": "icon of the world",
    "avatar_url": "avatar of {}",
    "image_url": "picture of a post by {}",
}
"""Fields of a job's result that hold a picture's address, in words with the name of the person."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A job in the tree.

    Args:
        level: 1 for the first job of the world.
        below: jobs that followed from it, at any depth.
        failed: of these and itself.
    """

    node: Node
    level: int
    below: int
    failed: int


@dataclass(frozen=True, slots=True)
class PictureOf:
    """A picture that the platform holds.

    Args:
        href: its address; empty where that is none that a browser may follow.
        shown: the path under the page of the world at which the panel serves it; empty where it does not lie
            in our bucket.
    """

    title: str
    href: str
    address: str
    shown: str


def world_values(repository: WorldRepository, world_id: str) -> dict[str, Any]:
    """The values of the page of a world.

    Raises:
        NotFound: there is none of this id.
    """
    view = view_of(repository, world_id)
    jobs = repository.jobs.of_world(world_id)
    branches = [branch for root in view.roots for branch in _branches(root, 1)]
    counts = {state: sum(job["status"] == state for job in jobs) for state in (*OPEN, COMPLETED, FAILED)}
    pictures = [picture for job in jobs for picture in _pictures(job)]
    return {
        "world_id": world_id,
        "name": view.name,
        "status": {"status": "not started", **view.status},
        "is_open": view.status.get("status", OPEN[0]) in OPEN,
        "counts": {"done": counts[COMPLETED], "failed": counts[FAILED]}
        | {"in_flight": counts[IN_PROGRESS], "waiting": counts[OPEN[0]]},
        "failures": sorted(view.failures.items()),
        "branches": branches[:SHOWN],
        "branches_more": max(0, len(branches) - SHOWN),
        "people": view.people[:SHOWN],
        "pictures": pictures[:SHOWN],
        "posts": view.posts[:SHOWN],
        "totals": {"people": len(view.people), "pictures": len(pictures), "posts": len(view.posts)},
    }


def branch_ids(repository: WorldRepository, world_id: str, job_id: str) -> list[str]:
    """The ids of a job and of all that followed from it; empty where the world has no such job."""
    children: dict[str, list[str]] = {}
    known = set()
    for job in repository.jobs.of_world(world_id):
        known.add(job["_id"])
        children.setdefault(str(job.get("parent")), []).append(job["_id"])
    found: list[str] = []
    waiting = [job_id] if job_id in known else []
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _branches(root: Node, level: int) -> Iterator[Branch]:
    """Depth first, without recursion: a tree of batches may be deep."""
    stack = [(root, level)]
    sizes: dict[int, tuple[int, int]] = {}
    order: list[tuple[Node, int]] = []
    while stack:
        node, depth = stack.pop()
        order.append((node, depth))
        stack += [(child, depth + 1) for child in reversed(node.children)]
    for node, _ in reversed(order):
        below = sum(1 + sizes[id(child)][0] for child in node.children)
        failed = (node.status == FAILED) + sum(sizes[id(child)][1] for child in node.children)
        sizes[id(node)] = (below, failed)
    for node, depth in order:
        yield Branch(node, depth, *sizes[id(node)])


def _pictures(job: Mapping[str, Any]) -> Sequence[PictureOf]:
    result = job.get("result") or {}
    if job["type"] not in (dag.WORLD_IMAGE, dag.AVATAR, dag.POST_IMAGE) or job["status"] != COMPLETED:
        return []
    owner = result.get("username") or job["parameters"].get("username") or "a person"
    return [
        PictureOf(
            title.format(owner),
            _followable(url),
            str(url),
            f"jobs/{quote(job['_id'], safe='')}/{name}" if picture_key(job, name) else "",
        )
        for name, title in PICTURES.items()
        if (url := result.get(name))
    ]


def picture_key(job: Mapping[str, Any], name: str) -> str | None:
    """The key under which our bucket holds a picture of a job; None where it does not."""
    key = key_of(str((job.get("result") or {}).get(name) or ""))
    # Nothing but what a worker has put there for this world is served.
    return key if key is not None and key.startswith(f"{job['world_id']}/") else None


def _followable(url: object) -> str:
    text = str(url)
    try:
        return text if urlsplit(text).scheme in ("http", "https") else ""
    except ValueError:
        return ""

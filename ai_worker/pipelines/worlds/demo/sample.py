"""The sample world: ordered on Kafka, shown with its people, posts and pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.errors import ConfigurationError
from ai_worker.kit.demo_work import DemoWork
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.worlds import service, tasks
from ai_worker.pipelines.worlds.dag import INIT
from ai_worker.pipelines.worlds.documents.job import OPEN
from ai_worker.pipelines.worlds.events.announcing import task_created
from ai_worker.pipelines.worlds.repository.indexes import TASKS
from ai_worker.pipelines.worlds.view import view_of
from ai_worker.settings import settings
from ai_worker.stores import kafka
from ai_worker.stores.mongo import mongo, reachable
from ai_worker.stores.objects import objects

NEXT = 'ai-worker worlds create --prompt "Sky islands" --users 3 --posts 6 --wait'
PROMPT = "A town of bridges above a slow river, whose people trade, sing and repair"
USERS, POSTS = 3, 6
SHOWN = 5


def load(work: DemoWork) -> None:
    """Order the world: the job document, then its message."""
    if settings().minio_endpoint:
        objects().ensure_bucket()
    service.repository().prepare()
    starter = service.starter(tasks.start_jobs)
    row = starter.create_world(PROMPT, USERS, POSTS, {})
    if kafka.enabled():
        kafka.publisher().deliver(settings().kafka_topic_tasks, task_created(row, whole=True), ours=False)
    else:
        starter.start([row["_id"]])


def ended(running: Sequence[TaskProgress]) -> bool:
    """True when the world has its end."""
    status = service.repository().statuses.get(_world())
    return status is not None and status["status"] not in OPEN


def show(console: Console, work: DemoWork) -> None:
    """Show the world: name, stages, people, posts with their pictures, cost, failures."""
    console.rule("Worlds")
    world = _world()
    view = view_of(service.repository(), world)
    status = view.status
    _say(console, f"{view.name}: {status['status']}, {status['tasks_completed']} jobs done", style="bold")
    _say(console, ", ".join(f"{stage['name']} {stage['status']}" for stage in status["stages"]))
    people = [f"{person['display_name']} (@{person['username']})" for person in view.people[:SHOWN]]
    _say(console, f"People: {', '.join(people)}")
    for number, post in enumerate(view.posts[:SHOWN], 1):
        _say(console, f"\n@{post['username']}: {post['content']}")
        if picture := _picture(post, work.pictures, f"post-{number}"):
            _say(console, f"  {picture}", style="dim")
    failures = ", ".join(f"{count} x {kind}" for kind, count in sorted(view.failures.items())) or "none"
    costs = (status.get("llm_cost_total", 0.0), status.get("image_cost_total", 0.0))
    _say(console, f"\nCost: {costs[0]:.4f} for texts, {costs[1]:.4f} for pictures. Failed jobs: {failures}.")
    _say(console, f"The tree of its jobs: ai-worker worlds show {world}", style="dim")


def _world() -> str:
    """The world that `load` ordered last.

    Raises:
        ConfigurationError: there is none.
    """
    jobs = mongo()[settings().mongodb_database][TASKS]
    with reachable():
        found = list(jobs.find({"type": INIT, "parameters.user_prompt": PROMPT}))
    if not found:
        raise ConfigurationError("there is no sample world yet: `ai-worker demo --load` first")
    return str(max(found, key=lambda job: str(job["created_at"]))["world_id"])


def _picture(post: Mapping[str, Any], folder: Path | None, name: str) -> str:
    """A post's picture in words: its file where there is a folder, else its size."""
    address = str(post["image_url"])
    base = objects().url("") if settings().minio_endpoint else ""
    if not base or not address.startswith(base):
        return address
    content = objects().get(address.removeprefix(base))
    kind = Path(address).suffix or ".png"
    if folder is None:
        return f"picture: {kind[1:].upper()}, {len(content) // 1024} kB"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{kind}"
    path.write_bytes(content)
    return f"picture: {path}"


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(harmless(text), style=style, markup=False, highlight=False)

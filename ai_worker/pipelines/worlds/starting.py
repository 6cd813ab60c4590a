"""Jobs put into the workers' hands: new worlds, children from the outbox, and what a message named."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.jobs.init_world import order_of
from ai_worker.pipelines.worlds.repository import WorldRepository

LONGEST_PROMPT = 20_000
"""Characters of a prompt that a person sends; what the platform sends is taken as it comes."""
Nudge = Callable[[str, Sequence[str]], int]
"""A job type and ids of jobs that wait: reserve and publish them now; returns how many it did."""


class Starter:
    """Starts jobs at once; what it misses, the scan finds.

    Args:
        nudge: the engine's, with the pipeline and its kinds filled in.
    """

    def __init__(self, repository: WorldRepository, announcer: Announcer, nudge: Nudge) -> None:
        self._repository = repository
        self._announcer = announcer
        self._nudge = nudge

    def insert_jobs(self, payload: Mapping[str, Any]) -> None:
        """The effect that inserts children and starts them. May be repeated."""
        statuses = self._repository.statuses
        worlds = {row["world_id"] for row in payload["jobs"]}
        growing = {world for world in worlds if statuses.may_grow(world)}
        rows = [row for row in payload["jobs"] if row["world_id"] in growing]
        if not rows:
            return
        waiting = set(self._repository.jobs.insert(rows))
        begins = growing - statuses.paused()
        self._start(
            {row["_id"]: row["type"] for row in rows if row["_id"] in waiting and row["world_id"] in begins}
        )
        self._announcer.jobs_created(rows)

    def start(self, ids: Sequence[str]) -> int:
        """Start those of the jobs that wait and whose worlds are not paused; returns how many. A job of no
        known kind ends here.
        """
        waiting = self._repository.jobs.waiting_types(ids)
        known = {job_id: told for job_id, told in waiting.items() if told[0] in dag.BY_NAME}
        if len(known) < len(waiting):
            self._repository.jobs.refuse_unknown()
        paused = self._repository.statuses.paused() if known else set()
        return self._start({job_id: kind for job_id, (kind, world) in known.items() if world not in paused})

    def create_world(
        self, prompt: str, users: int, posts: int, limits: Mapping[str, int], world_id: str = ""
    ) -> dict[str, Any]:
        """Insert the first job of a world, as the platform's world service does, and return its row. It is
        not started yet.

        Raises:
            BadRequest: the prompt is empty or too long, or a number makes no sense.
        """
        if len(prompt) > LONGEST_PROMPT:
            raise BadRequest(f"the prompt has {len(prompt)} characters; it may have {LONGEST_PROMPT}")
        parameters: dict[str, Any] = {
            "user_prompt": prompt,
            "users_count": users,
            "posts_count": posts,
            **limits,
        }
        job = Job(str(uuid4()), dag.INIT, world_id or str(uuid4()), parameters)
        order_of(job)
        row = {"_id": job.id, "type": job.type, "world_id": job.world_id, "parameters": parameters}
        self._repository.jobs.insert([row])
        return row

    def _start(self, types: Mapping[str, str]) -> int:
        by_type: dict[str, list[str]] = {}
        for job_id, kind in types.items():
            by_type.setdefault(kind, []).append(job_id)
        return sum(self._nudge(kind, ids) for kind, ids in by_type.items())

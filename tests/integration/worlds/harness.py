"""Worlds worked without the engine: jobs are taken from MongoDB one by one, and so are their effects.

Crashes are put between any two writes, so that what is tried here is the pipeline's own repeatability.
"""

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

import pymongo
from pydantic import BaseModel

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import WorkError
from ai_worker.llm.images.picture import Picture, PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.llm.model import Model
from ai_worker.outbound.errors import ServerFault
from ai_worker.pipelines.worlds import dag, service
from ai_worker.pipelines.worlds.asking import JobAsker, context_of
from ai_worker.pipelines.worlds.documents.job import Job, job_of
from ai_worker.pipelines.worlds.documents.status import Order
from ai_worker.pipelines.worlds.events.announcing import Announcer
from ai_worker.pipelines.worlds.jobs import WORK
from ai_worker.pipelines.worlds.platform.port import Platform
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.progress import WorldGroups
from ai_worker.pipelines.worlds.repository import WorldRepository
from ai_worker.pipelines.worlds.starting import Starter
from tests.worlds.answers import answer_of

Schema = TypeVar("Schema", bound=BaseModel)


class Crash(Exception):
    """The worker is killed here."""


class MongoSteps:
    """Checkpoints in the job's document; those that may be late are lost by a crash before the next write."""

    def __init__(self, tasks: Any, job_id: str, crash: Callable[[str], None]) -> None:
        self._tasks = tasks
        self._job_id = job_id
        self._crash = crash
        self.late: dict[str, Any] = {}

    def once(self, step: str, do: Callable[[], Any], *, late: bool = False) -> Any:
        kept = self._kept()
        if step in kept and "value" in kept[step]:
            return kept[step]["value"]
        value = json.loads(json.dumps(do()))
        self._crash(f"before {step} is kept")
        self._keep(step, {"value": value}, late=late)
        return value

    def once_outside(
        self,
        step: str,
        send: Callable[[str], Any],
        look_up: Callable[[str], Any] | None,
        *,
        last: bool = False,
    ) -> Any:
        kept = self._kept().get(step)
        if kept is not None and "value" in kept:
            return kept["value"]
        found = look_up(self._job_id) if kept is not None and look_up is not None else None
        if found is None:
            self._keep(step, {"key": self._job_id})
            found = send(self._job_id)
        self._crash(f"before {step} is kept")
        self._keep(step, {"value": found}, late=last)
        return found

    def forget(self, step: str) -> None:
        kept = {name: value for name, value in self._kept().items() if name != step}
        self._tasks.update_one({"_id": self._job_id}, {"$set": {"checkpoints": kept}})

    def _kept(self) -> dict[str, Any]:
        stored = (self._tasks.find_one({"_id": self._job_id}) or {}).get("checkpoints") or {}
        return {**stored, **self.late}

    def _keep(self, step: str, value: Any, *, late: bool = False) -> None:
        if late:
            self.late[step] = value
            return
        self._tasks.update_one(
            {"_id": self._job_id}, {"$set": {"checkpoints": {**self._kept(), step: value}}}
        )
        self.late.clear()


class Asker:
    """A model of our own: counted like a real one, answering by schema, failing where it is told to."""

    def __init__(self, job: Job, bench: "Bench") -> None:
        self._job = job
        self._bench = bench

    def ask(self, prompt: str, variables: Any, schema: type[Schema], **told: Any) -> Schema:
        self._bench.repository.reserve_call(self._job.world_id, "LLM")
        self._bench.asked[prompt] += 1
        self._bench.maybe_fail("model", lambda: ServerFault("the model answered 500"))
        if (override := self._bench.answers.get(prompt)) is not None:
            return schema.model_validate(override(self._job, variables))
        self._bench.salt += 1
        return schema.model_validate(answer_of(schema, variables, self._bench.salt))


class Painter:
    """An image model of our own, which draws; its pictures are kept like paid ones."""

    def __init__(self, job: Job, bench: "Bench") -> None:
        self._job = job
        self._bench = bench

    def paint(self, name: str, prompt: str, width: int, height: int) -> Picture:
        key = f"{self._job.id}:{name}"
        if (kept := self._bench.repository.drafts.load(key)) is not None:
            return kept
        self._bench.repository.reserve_call(self._job.world_id, "images")
        self._bench.painted[key] += 1
        self._bench.maybe_fail("images", lambda: ServerFault("the image service answered 500"))
        picture = placeholder(PictureRequest(prompt, 32, 32), "test")
        self._bench.repository.drafts.keep(key, picture)
        return picture

    def draw(self, prompt: str, width: int, height: int) -> Picture:
        return placeholder(PictureRequest(prompt, 32, 32), "no picture was described")


class Bench:
    """One database and one platform, with dice for faults and crashes.

    Args:
        faults: the share of calls that fail, by what is called: `model`, `images`.
        crashes: the share of places between two writes at which the worker is killed.
    """

    def __init__(self, uri: str, database: str, platform: Platform, seed: int = 1) -> None:
        self.client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri, tz_aware=True)
        self.repository = WorldRepository(self.client, database)
        self.repository.prepare()
        self.tasks = self.client[database]["tasks"]
        self.database = self.client[database]
        self.platform = platform
        self.groups = WorldGroups(self.repository, Announcer(None, "tasks", "progress"))
        self.starter = Starter(
            self.repository, Announcer(None, "tasks", "progress"), lambda kind, ids: len(ids)
        )
        self.dice = random.Random(seed)
        self.faults: dict[str, float] = {}
        self.crashes = 0.0
        self.asked: Counter[str] = Counter()
        self.painted: Counter[str] = Counter()
        self.answers: dict[str, Callable[[Job, Any], Any]] = {}
        self.salt = 0
        self.seen: list[dict[str, Any]] = []
        self.model: Model | None = None

    def maybe_fail(self, what: str, fault: Callable[[], WorkError]) -> None:
        if self.dice.random() < self.faults.get(what, 0.0):
            raise fault()

    def crash(self, where: str) -> None:
        if self.dice.random() < self.crashes:
            raise Crash(where)

    def order(self, users: int, posts: int, **limits: int) -> str:
        """Insert the first job of a world; returns the world's id."""
        row = self.starter.create_world(
            "A world of floating islands {not a placeholder}", users, posts, limits
        )
        return str(row["world_id"])

    def status(self, world_id: str) -> dict[str, Any]:
        return self.repository.statuses.get(world_id) or {}

    def jobs(self, world_id: str, kind: str | None = None) -> list[dict[str, Any]]:
        return [job for job in self.repository.jobs.of_world(world_id) if kind in (None, job["type"])]

    def run(self, most: int = 20_000) -> None:
        """Work until nothing is left: the jobs that wait, and what crashes left behind."""
        for _ in range(most):
            if not (self._outbox() or self._one()):
                for world in list(self.groups.unfinished()):
                    if self.groups.is_closed(world):
                        self.groups.close(world)
                return
        raise AssertionError("the work does not end")

    def step(self, jobs: int = 1) -> None:
        """Work some jobs, the oldest kinds first."""
        for _ in range(jobs):
            self._one()

    def _one(self) -> bool:
        kinds = [kind.name for kind in dag.KINDS]
        open_now = {"status": {"$in": ["pending", "in_progress"]}}
        document = None
        for kind in [*kinds[:2], dag.CHARACTER_BATCH, *kinds[2:]]:
            document = document or self.tasks.find_one({**open_now, "type": kind})
        if document is None:
            return False
        self.tasks.update_one({"_id": document["_id"]}, {"$set": {"status": "in_progress"}})
        try:
            self._worked(document)
        except Crash:
            self.tasks.update_one({"_id": document["_id"]}, {"$inc": {"lost": 1}})
        return True

    def _worked(self, document: dict[str, Any]) -> None:
        claim = Claim(("d", "tasks"), document["_id"], "token", document.get("attempts", 0), 0.0, document)
        steps = MongoSteps(self.tasks, document["_id"], self.crash)
        try:
            job = job_of(claim)
            asker: Any = Asker(job, self)
            if self.model is not None:
                asker = JobAsker(job, self.model, self.repository, lambda: context_of(job))
            platform = service.recorded(job, self.platform, self.repository)
            ports = Ports(self.repository, asker, Painter(job, self), platform, steps)
            result = WORK[job.type](job, ports)
        except WorkError as fault:
            if steps.late:
                fault.record["checkpoints"] = steps._kept()
            self._failed(claim, fault)
            return
        self.crash("before the result is stored")
        outbox = [{"name": effect.name, "payload": dict(effect.payload)} for effect in result.effects]
        fields = {
            **result.fields,
            "status": "completed",
            **({"outbox": outbox, "outbox_at": 1} if outbox else {}),
        }
        self.tasks.update_one({"_id": job.id}, {"$set": fields, "$unset": {"error": "", "error_class": ""}})
        self.crash("before the effects")
        self._outbox()
        self._ended(claim, 1, 0)

    def _failed(self, claim: Claim, fault: WorkError) -> None:
        attempts = claim.attempts + (1 if fault.uses_attempt else 0)
        gone = not fault.retry or attempts >= dag.BY_NAME[claim.fields["type"]].attempts
        told = {
            **fault.record,
            "error_class": fault.error_class,
            "error": str(fault),
            "attempts": attempts,
        }
        status = "failed" if gone else "pending"
        self.tasks.update_one({"_id": claim.row_id}, {"$set": {"status": status, **told}})
        if gone:
            self._ended(claim, 0, 1)

    def _outbox(self) -> bool:
        document = self.tasks.find_one({"outbox_at": {"$exists": True}})
        if document is None:
            return False
        for effect in document["outbox"]:
            self.starter.insert_jobs(effect["payload"])
        if self.dice.random() >= self.crashes:
            self.tasks.update_one({"_id": document["_id"]}, {"$unset": {"outbox": "", "outbox_at": ""}})
        return True

    def _ended(self, claim: Claim, finished: int, failed: int) -> None:
        group = self.groups.of(claim)
        if group is None:
            return
        self.groups.add(group, finished, failed)
        if self.groups.is_closed(group):
            self.groups.close(group)
        if (status := self.repository.statuses.get(str(group))) is not None:
            self.seen.append(status)


__all__ = ["Bench", "Crash", "Order"]

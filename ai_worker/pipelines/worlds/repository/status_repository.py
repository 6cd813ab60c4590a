"""The queries of `world_generation_status`.

The document is changed in two ways only: counters of calls and costs by atomic increments
(`calls_repository.py`), everything else by recounting the jobs and replacing what is older. `revision` orders
the second kind, so that of two recounts the later one stands.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from ai_worker.errors import StoreUnavailable
from ai_worker.pipelines.worlds.documents.job import COMPLETED, FAILED, IN_PROGRESS, OPEN
from ai_worker.pipelines.worlds.documents.stages import Counts, current_stage, merged, stages_of
from ai_worker.pipelines.worlds.documents.status import Order, counters_of, end_of, new_status
from ai_worker.pipelines.worlds.repository.indexes import STATUS
from ai_worker.stores.mongo import Document, StoreClock, reachable

TRIES = 20
"""Of a recount that another process overtakes."""
EVENT_SECONDS = 1.0
ENDED = (COMPLETED, FAILED)


@dataclass(frozen=True, slots=True)
class Growth:
    """The answer to whether a world takes further jobs.

    Args:
        allowed: the world has not ended and was not stopped, so they may be inserted.
        begins: it is not paused, so they may start.
    """

    allowed: bool
    begins: bool


class Statuses:
    """The status documents of one database."""

    def __init__(self, client: "MongoClient[Document]", database: str, clock: StoreClock) -> None:
        self._statuses = client[database][STATUS]
        self._clock = clock

    def open(self, world_id: str, init_job: str, order: Order) -> bool:
        """Create the status of a world, or find that this first job created it. False: another one did."""
        with reachable():
            try:
                self._statuses.insert_one(new_status(world_id, init_job, order, self._clock.now()))
            except DuplicateKeyError:
                found = self._statuses.find_one({"_id": world_id}, {"init_job": 1})
                return found is not None and found.get("init_job") == init_job
        return True

    def get(self, world_id: str) -> Document | None:
        """The status of a world."""
        with reachable():
            return self._statuses.find_one({"_id": world_id})

    def latest(self, limit: int) -> list[Document]:
        """The newest worlds."""
        with reachable():
            return list(self._statuses.find({}).sort("created_at", -1).limit(limit))

    def unfinished(self) -> list[str]:
        """Worlds that have not ended."""
        with reachable():
            return [
                row["_id"] for status in OPEN for row in self._statuses.find({"status": status}, {"_id": 1})
            ]

    def open_worlds(self) -> int:
        """The number of worlds that have not ended and are not paused. One that was paused when it ended
        stays marked so.
        """
        with reachable():
            found = self._statuses.find({"status": {"$in": list(OPEN)}}, {"paused": 1})
            return sum(not world.get("paused") for world in found)

    def paused(self) -> set[str]:
        """Worlds of which no job may start."""
        with reachable():
            return {row["_id"] for row in self._statuses.find({"paused": True}, {"_id": 1})}

    def pause(self, world_id: str, reason: str) -> bool:
        """Start no more jobs of a world. False: it has ended, or there is none."""
        change = {"$set": {"paused": True, "pause_reason": reason}}
        with reachable():
            wanted = {"_id": world_id, "status": {"$in": list(OPEN)}}
            return self._statuses.update_one(wanted, change).matched_count == 1

    def resume(self, world_id: str) -> bool:
        """Start jobs again. False: the world was not paused."""
        change = {"$unset": {"paused": "", "pause_reason": ""}}
        with reachable():
            return self._statuses.update_one({"_id": world_id, "paused": True}, change).matched_count == 1

    def stop_growing(self, world_id: str) -> None:
        """Take no more jobs into a world."""
        with reachable():
            self._statuses.update_one({"_id": world_id}, {"$set": {"stopped": True}})

    def let_grow(self, world_id: str) -> None:
        """Take jobs into a world again."""
        with reachable():
            self._statuses.update_one({"_id": world_id}, {"$unset": {"stopped": ""}})

    def growth(self, world_ids: Collection[str]) -> dict[str, Growth]:
        """The answer for each world to whether it takes further jobs."""
        fields = {"status": 1, "stopped": 1, "paused": 1}
        with reachable():
            rows = self._statuses.find({"_id": {"$in": list(world_ids)}}, fields)
            found = {row["_id"]: row for row in rows}
        return {world_id: _growth(found.get(world_id, {})) for world_id in world_ids}

    def refresh(self, world_id: str, counts: Counts, published: int) -> Document | None:
        """Bring counters and stages up to a recount; none of them moves back. None: the world has ended, or
        there is none.
        """
        for _ in range(TRIES):
            found = self.get(world_id)
            if found is None or found["status"] in ENDED:
                return None
            counters = _forward(found, counters_of(counts, published))
            stages = merged(found["stages"], stages_of(counts))
            change = {**counters, **_staged(stages), "status": IN_PROGRESS}
            if self._replace(found, change):
                return {**found, **change}
        raise StoreUnavailable(f"{STATUS}: world {world_id} is changed too often by others")

    def close(self, world_id: str, counts: Counts, published: int) -> Document | None:
        """Write the end of a world, once, with the final recount. None: it has ended already, or there is
        none.
        """
        for _ in range(TRIES):
            found = self.get(world_id)
            if found is None or found["status"] in ENDED:
                return None
            end = end_of(counts)
            stages = [{"name": name, "status": state} for name, state in stages_of(counts, ended=end).items()]
            counters = counters_of(counts, published)
            predicted = max(int(found.get("task_predicted", 0)), counters["tasks_total"])
            change = {
                **counters,
                "task_predicted": predicted,
                **_staged(stages),
                "status": end,
                "event_due": True,
            }
            if self._replace(found, change):
                return {**found, **change}
        raise StoreUnavailable(f"{STATUS}: world {world_id} is changed too often by others")

    def reopen(self, world_id: str, counts: Counts, published: int) -> bool:
        """Set a world that ended back to work, since failed jobs of it are tried again."""
        found = self.get(world_id)
        if found is None:
            return False
        stages = [{"name": name, "status": state} for name, state in stages_of(counts).items()]
        change = {**counters_of(counts, published), **_staged(stages), "status": IN_PROGRESS}
        return self._replace(found, change)

    def _replace(self, found: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
        same = {"_id": found["_id"], "revision": found.get("revision"), "status": found["status"]}
        fields = {**change, "updated_at": self._clock.now()}
        with reachable():
            result = self._statuses.update_one(same, {"$set": fields, "$inc": {"revision": 1}})
        return result.matched_count == 1

    def take_event(self, world_id: str) -> bool:
        """Return whether this process may announce the progress of a world now: at most one a second over all
        processes.
        """
        now = self._clock.now()
        earlier = now - timedelta(seconds=EVENT_SECONDS)
        with reachable():
            for state in ({"event_at": None}, {"event_at": {"$lte": earlier}}):
                wanted = {"_id": world_id, **state}
                if self._statuses.update_one(wanted, {"$set": {"event_at": now}}).matched_count:
                    return True
        return False

    def events_due(self) -> list[Document]:
        """Worlds whose end was written and not announced yet."""
        with reachable():
            return list(self._statuses.find({"event_due": True}))

    def event_sent(self, world_id: str) -> None:
        """Note that the end of a world was announced."""
        with reachable():
            self._statuses.update_one({"_id": world_id}, {"$unset": {"event_due": ""}})


def _growth(world: Mapping[str, Any]) -> Growth:
    return Growth(
        allowed=not (world.get("status") in ENDED or world.get("stopped")), begins=not world.get("paused")
    )


def _staged(stages: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "stages": stages,
        "current_stage": current_stage({entry["name"]: entry["status"] for entry in stages}),
    }


def _forward(found: Mapping[str, Any], counters: Mapping[str, int]) -> dict[str, int]:
    """The later of both counts; what was predicted grows with what there is."""
    later = {name: max(int(found.get(name, 0)), value) for name, value in counters.items()}
    return {**later, "task_predicted": max(int(found.get("task_predicted", 0)), later["tasks_total"])}

"""The documents of worlds in one database, as jobs, calls, commands and the scan see them."""

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pymongo import MongoClient

from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds.documents.parameters import new_parameters
from ai_worker.pipelines.worlds.documents.request import ApiRequest
from ai_worker.pipelines.worlds.documents.status import Api, Order
from ai_worker.pipelines.worlds.limits import Limits
from ai_worker.pipelines.worlds.repository.calls_repository import Calls
from ai_worker.pipelines.worlds.repository.drafts_repository import PictureDrafts
from ai_worker.pipelines.worlds.repository.indexes import PARAMETERS, ensure_indexes
from ai_worker.pipelines.worlds.repository.jobs_repository import Jobs
from ai_worker.pipelines.worlds.repository.notes_repository import Notes
from ai_worker.pipelines.worlds.repository.status_repository import Statuses
from ai_worker.stores.mongo import Document, StoreClock, reachable

FLUSH_SECONDS = 5.0
DESCRIBED_SECONDS = 60.0
"""A description is read so often by each process: it is written once, and every job asks for it."""
MOST_DESCRIBED = 100


class WorldRepository:
    """One database of worlds.

    Args:
        database: its name, `MONGODB_DATABASE`.
    """

    def __init__(self, client: "MongoClient[Document]", database: str) -> None:
        self.clock = StoreClock(client)
        self.jobs = Jobs(client, database, self.clock)
        self.statuses = Statuses(client, database, self.clock)
        self.drafts = PictureDrafts(client, database, self.clock)
        self.calls = Calls(client, database)
        self.notes = Notes(client, database, self.drafts)
        self._described: dict[str, tuple[float, Document]] = {}
        self._database = client[database]

    def prepare(self) -> None:
        """Create the indexes that are missing."""
        ensure_indexes(self._database)

    def open_world(self, world_id: str, init_job: str, order: Order) -> bool:
        """Create the world's status, or find it. False: it belongs to another first job."""
        return self.statuses.open(world_id, init_job, order)

    def keep_parameters(self, world_id: str, answer: Mapping[str, Any]) -> None:
        """Store the description of a world; the first one stays."""
        status = self.statuses.get(world_id)
        prompt = str((status or {}).get("parameters", {}).get("user_prompt", ""))
        document = new_parameters(world_id, answer, prompt, self.clock.now())
        fields = {name: value for name, value in document.items() if name != "_id"}
        with reachable():
            self._database[PARAMETERS].update_one({"_id": world_id}, {"$setOnInsert": fields}, upsert=True)

    def parameters(self, world_id: str) -> Mapping[str, Any]:
        """The description of a world.

        Raises:
            BadRequest: there is none.
        """
        read, known = self._described.get(world_id, (0.0, None))
        if known is not None and time.monotonic() - read < DESCRIBED_SECONDS:
            return known
        with reachable():
            found = self._database[PARAMETERS].find_one({"_id": world_id})
        if found is None:
            raise BadRequest(f"world {world_id} has no description in {PARAMETERS}")
        if len(self._described) >= MOST_DESCRIBED:
            self._described.clear()
        self._described[world_id] = (time.monotonic(), found)
        return found

    def take_username(self, world_id: str, job_id: str, wished: str, index: int) -> str:
        """The user name of a job's character: the same at every try."""
        return self.jobs.take_username(world_id, job_id, wished, index)

    def reserve_call(self, world_id: str, api: Api) -> None:
        """Count one call before it leaves; raises LimitUsedUp."""
        self.calls.reserve(world_id, api)

    def give_back_call(self, world_id: str, api: Api) -> None:
        """Take a call off the count that has not left."""
        self.calls.give_back(world_id, api)

    def add_cost(self, world_id: str, api: Api, cost: Decimal) -> None:
        """Add what a call cost."""
        self.calls.add_cost(world_id, api, cost)

    def note(self, request: ApiRequest) -> None:
        """Write a call down, soon."""
        self.notes.write(request.document(self.clock.now()))

    def flush(self, seconds: float = FLUSH_SECONDS) -> bool:
        """Write what this process has in hand; returns whether it was in time."""
        return all([self.calls.flush(seconds), self.notes.flush(seconds)])

    def refresh(self, world_id: str) -> Document | None:
        """Bring the status of a world up to its jobs; returns it where it changed."""
        return self.statuses.refresh(world_id, self.jobs.counts(world_id), self.jobs.published(world_id))

    def close(self, world_id: str) -> Document | None:
        """Write the end of a world, once, if no job of it is open. None: it is open, has ended already, or
        there is none.
        """
        if self.jobs.any_open(world_id):
            return None
        if self.statuses.get(world_id) is None:
            # Its first job failed before there was a status: readers are to see why nothing happens.
            self.statuses.open(world_id, "", Order("", 0, 0, Limits(0, 0)))
        closed = self.statuses.close(world_id, self.jobs.counts(world_id), self.jobs.published(world_id))
        self.jobs.close_beginnings(world_id)
        return closed

    def unfinished(self) -> set[str]:
        """Worlds whose end is still to be written."""
        return {*self.statuses.unfinished(), *self.jobs.failed_beginnings()}

    def retry(self, world_id: str, error_class: str | None, ids: Sequence[str] | None = None) -> int:
        """Have the failed jobs of a world tried again, or those among `ids`; returns how many."""
        self.statuses.let_grow(world_id)
        again = self.jobs.retry(world_id, error_class, ids)
        if again:
            self.statuses.reopen(world_id, self.jobs.counts(world_id), self.jobs.published(world_id))
        return again

"""The queries of `tasks`, the jobs. What the engine asks of them is in its own source."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import MongoClient
from pymongo.errors import BulkWriteError, DuplicateKeyError

from ai_worker.errors import BadRequest
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.usernames import numbered, username_of
from ai_worker.pipelines.worlds.documents.job import COMPLETED, FAILED, IN_PROGRESS, OPEN, PENDING, new_job
from ai_worker.pipelines.worlds.documents.stages import Counts
from ai_worker.pipelines.worlds.repository.indexes import TASKS
from ai_worker.stores.mongo import Document, StoreClock, reachable

DUPLICATE_KEY = 11000
_ENGINE = ("due_at", "lease_token", "lost", "first_attempt_at", "error_class", "outbox", "checkpoints")


class Jobs:
    """The jobs of one database."""

    def __init__(self, client: "MongoClient[Document]", database: str, clock: StoreClock) -> None:
        self._tasks = client[database][TASKS]
        self._clock = clock

    def insert(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Insert jobs that are not there yet, and return the ids of all of them that still wait.

        Args:
            rows: `_id`, `type`, `world_id`, `parameters` of each, and the `parent` that children have.
        """
        self.insert_missing(rows, {})
        return self.waiting([row["_id"] for row in rows])

    def insert_missing(
        self, rows: Sequence[Mapping[str, Any]], further: Mapping[str, Mapping[str, Any]]
    ) -> set[str]:
        """Insert jobs that are not there yet, and return their ids.

        Args:
            rows: as of `insert`.
            further: fields of some of them, by id, e.g. of their reservation.
        """
        now = self._clock.now()
        documents = [{**_document(row, now), **further.get(row["_id"], {})} for row in rows]
        known: set[int] = set()
        with reachable():
            try:
                self._tasks.insert_many(documents, ordered=False)
            except BulkWriteError as fault:
                errors = fault.details.get("writeErrors", [])
                if any(error.get("code") != DUPLICATE_KEY for error in errors):
                    raise
                known = {int(error["index"]) for error in errors}
        return {row["_id"] for place, row in enumerate(rows) if place not in known}

    def waiting(self, ids: Sequence[str]) -> list[str]:
        """Those of the jobs that wait, in their order."""
        with reachable():
            found = self._tasks.find({"_id": {"$in": list(ids)}, "status": PENDING}, {"_id": 1})
            known = {row["_id"] for row in found}
        return [job_id for job_id in ids if job_id in known]

    def tokens(self, ids: Sequence[str]) -> dict[str, str]:
        """The tokens of those of the jobs that wait and are reserved for a message."""
        with reachable():
            wanted = {"_id": {"$in": list(ids)}, "status": PENDING, "lease_token": {"$exists": True}}
            found = self._tasks.find(wanted, {"lease_token": 1})
            return {row["_id"]: str(row["lease_token"]) for row in found}

    def waiting_types(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """The type and the world of those of the jobs that wait."""
        with reachable():
            wanted = {"_id": {"$in": list(ids)}, "status": PENDING}
            found = self._tasks.find(wanted, {"type": 1, "world_id": 1})
            return {row["_id"]: (str(row.get("type")), str(row.get("world_id"))) for row in found}

    def refuse_unknown(self) -> int:
        """End the jobs that wait and are of no kind that there is."""
        kinds = [kind.name for kind in dag.KINDS]
        refused = 0
        with reachable():
            for row in self._tasks.find({"status": PENDING, "type": {"$nin": kinds}}, {"type": 1}):
                said = {"error_class": "bad_request", "error": f"Unknown task type: {row.get('type')}"}
                change = {"$set": {"status": FAILED, **said}}
                refused += self._tasks.update_one(
                    {"_id": row["_id"], "status": PENDING}, change
                ).modified_count
        return refused

    def get(self, job_id: str) -> Document | None:
        """One job, whole."""
        with reachable():
            return self._tasks.find_one({"_id": job_id})

    def of_world(self, world_id: str) -> list[Document]:
        """The jobs of a world, the oldest first, without the engine's bulky fields."""
        with reachable():
            found = self._tasks.find({"world_id": world_id}, {"checkpoints": 0, "outbox": 0})
            return sorted(found, key=lambda row: (row["created_at"], row["_id"]))

    def counts(self, world_id: str) -> Counts:
        """The number of a world's jobs, by type and status."""
        return {
            (kind, status): number
            for status in (PENDING, IN_PROGRESS, COMPLETED, FAILED)
            for kind, number in self._by_type({"world_id": world_id, "status": status}).items()
        }

    def published(self, world_id: str) -> int:
        """The number of a world's jobs that published a post."""
        wanted = {"world_id": world_id, "status": COMPLETED, "published": True}
        by_type = self._by_type({**wanted, "type": {"$in": [dag.POST, dag.POST_IMAGE]}})
        return sum(by_type.values())

    def _by_type(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        stages: list[Mapping[str, Any]] = [
            {"$match": wanted},
            {"$group": {"_id": "$type", "number": {"$sum": 1}}},
        ]
        with reachable():
            return {str(group["_id"]): int(group["number"]) for group in self._tasks.aggregate(stages)}

    def any_open(self, world_id: str) -> bool:
        """Return whether a job of a world is open, or has children that are not inserted yet."""
        with reachable():
            for status in OPEN:
                if self._tasks.find_one({"world_id": world_id, "status": status}, {"_id": 1}):
                    return True
            return (
                self._tasks.find_one({"world_id": world_id, "outbox_at": {"$exists": True}}, {"_id": 1})
                is not None
            )

    def take_username(self, world_id: str, job_id: str, wished: str, index: int) -> str:
        """The user name of a job's character; with its number where another character of the world has the
        plain one.

        Raises:
            BadRequest: the job is gone.
        """
        found = self.get(job_id)
        if found is None:
            raise BadRequest(f"job {job_id} is gone")
        if found.get("username"):
            return str(found["username"])
        plain = username_of(wished, "", index)
        for name in (plain, numbered(plain, index), f"user_{index}_{job_id[:8]}"):
            if self._named(world_id, job_id, name):
                return name
        raise BadRequest(f"no user name is left for character {index}")

    def _named(self, world_id: str, job_id: str, name: str) -> bool:
        with reachable():
            try:
                change = {"$set": {"username": name}}
                return (
                    self._tasks.update_one({"_id": job_id, "world_id": world_id}, change).matched_count == 1
                )
            except DuplicateKeyError:
                return False

    def cancel(self, world_id: str, *, working: bool) -> int:
        """End open jobs as cancelled, and insert no more children of the others; returns how many jobs.

        Args:
            working: also those that a worker holds; their owners meet their fence.
        """
        why = {"error_class": "cancelled", "error": "cancelled by an operator"}
        ended = {"$set": {"status": FAILED, **why}, "$unset": {"due_at": "", "lease_token": ""}}
        rows = 0
        with reachable():
            for status in OPEN if working else (PENDING,):
                open_now = {"world_id": world_id, "status": status}
                rows += self._tasks.update_many(open_now, ended).modified_count
            owed = {"world_id": world_id, "outbox_at": {"$exists": True}}
            self._tasks.update_many(owed, {"$unset": {"outbox": "", "outbox_at": ""}})
        return rows

    def retry(self, world_id: str, error_class: str | None, ids: Sequence[str] | None = None) -> int:
        """Have failed jobs tried again, with all their attempts; kept answers stay."""
        failed: Document = {"world_id": world_id, "status": FAILED}
        if error_class is not None:
            failed["error_class"] = error_class
        if ids is not None:
            failed["_id"] = {"$in": list(ids)}
        cleared = [name for name in _ENGINE if name not in ("checkpoints", "outbox")]
        change = {
            "$set": {"status": PENDING, "worker_id": None, "attempts": 0, "attempt_count": 0},
            "$unset": dict.fromkeys([*cleared, "error"], ""),
        }
        with reachable():
            return self._tasks.update_many(failed, change).modified_count

    def failures(self, world_id: str) -> list[Document]:
        """The jobs of a world that failed, with their reasons."""
        with reachable():
            fields = {"type": 1, "error_class": 1, "error": 1, "attempts": 1, "lost": 1}
            return list(self._tasks.find({"world_id": world_id, "status": FAILED}, fields))

    def failed_beginnings(self) -> Iterable[str]:
        """Worlds whose first job failed for good and whose end was not written yet."""
        wanted = {"type": dag.INIT, "status": FAILED, "world_closed": {"$exists": False}}
        with reachable():
            return {
                str(row["world_id"])
                for row in self._tasks.find(wanted, {"world_id": 1})
                if row.get("world_id")
            }

    def close_beginnings(self, world_id: str) -> None:
        """Note that the end of a world was written."""
        wanted = {"world_id": world_id, "status": FAILED, "type": dag.INIT}
        with reachable():
            self._tasks.update_many(wanted, {"$set": {"world_closed": True}})


def _document(row: Mapping[str, Any], now: datetime) -> Document:
    document = new_job(row["_id"], row["type"], row["world_id"], row["parameters"], now)
    return {**document, "parent": row["parent"]} if "parent" in row else document

"""Queries about evaluation tasks, datasets and queues. Those of scores, judges, reruns and the panel are in
repositories of their own; what the engine asks of the queues is in `engine/sources/collection_source.py`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel, MongoClient
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from ai_worker.engine.sources.collection_source import CollectionSource
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.stores.mongo import Document, reachable

NEVER = {"delete_me", "test"}
JUDGES = "queue_rta_"
STATE = "ai_worker_expansions"
DUPLICATE_KEY = 11000

QUEUE_INDEXES = [
    IndexModel([("line_index", ASCENDING), ("model", ASCENDING)], name="ai_worker_line"),
    IndexModel([("metric", ASCENDING), ("status", ASCENDING)], name="ai_worker_metric"),
    IndexModel([("duplicate_of", ASCENDING)], name="ai_worker_duplicate", sparse=True),
    IndexModel([("asked", ASCENDING), ("status", ASCENDING)], name="ai_worker_asked"),
]


class EvaluationRepository:
    """Evaluation tasks, datasets and queues of every database in the settings.

    Args:
        databases: those whose queues are worked.
    """

    def __init__(self, client: "MongoClient[Document]", databases: Sequence[str]) -> None:
        self._client = client
        self._databases = databases

    def database(self, name: str) -> "Database[Document]":
        """A database by name."""
        return self._client[name]

    def queues(self) -> Iterator[tuple[str, str]]:
        """Every queue collection, as (database, collection)."""
        for database in self._databases:
            for collection in self.queues_of(database):
                yield database, collection

    def queues_of(self, database: str) -> list[str]:
        """The queue collections of one database, in the order of their names."""
        with reachable():
            names = self._client[database].list_collection_names(filter={"name": re.compile("^queue_")})
        return sorted(name for name in names if name.startswith("queue_") and name not in NEVER)

    def asked_tasks(self, database: str) -> list[str]:
        """The names of the tasks that have a queue, also of those whose document is gone."""
        return [queue.removeprefix("queue_") for queue in self.queues_of(database) if not is_judges(queue)]

    def tasks(self, database: str) -> list[Document]:
        """Every evaluation task of a database."""
        with reachable():
            return list(self._client[database]["tasks"].find({}))

    def task(self, database: str, task_id: Any) -> Document | None:
        """One evaluation task."""
        with reachable():
            return self._client[database]["tasks"].find_one({"_id": task_id})

    def rows(self, database: str, dataset: str, start: int = 0) -> Iterator[Document]:
        """The rows of a dataset in `find()` order, without their `_id`, streamed; the first `start` left
        out.
        """
        with reachable():
            yield from self._client[database][dataset].find({}, {"_id": 0}, skip=start)

    def rows_at(self, database: str, dataset: str, line_index: int) -> list[Document]:
        """The row at a position, in a list; an empty one where the dataset is shorter."""
        with reachable():
            return list(self._client[database][dataset].find({}, {"_id": 0}, skip=line_index, limit=1))

    def size(self, database: str, collection: str) -> int:
        """The number of documents of a collection, from its metadata: costs nothing."""
        with reachable():
            return self._client[database][collection].estimated_document_count()

    def known_entries(
        self, database: str, queue: str, first: int, last: int
    ) -> set[tuple[int, str | None, int]]:
        """(`line_index`, `model`, `sample`) of the entries of the lines from `first` up to and without
        `last`.
        """
        fields = {"_id": 0, "line_index": 1, "model": 1, "sample": 1}
        with reachable():
            found = self._client[database][queue].find({"line_index": {"$gte": first, "$lt": last}}, fields)
            return {(entry["line_index"], entry.get("model"), entry.get("sample") or 0) for entry in found}

    def add_entries(self, database: str, queue: str, entries: Sequence[Document]) -> int:
        """Insert entries; those that another expander has inserted meanwhile are left as they are. Returns
        how many were new.
        """
        if not entries:
            return 0
        with reachable():
            try:
                return len(self._client[database][queue].insert_many(entries, ordered=False).inserted_ids)
            except BulkWriteError as fault:
                if any(error["code"] != DUPLICATE_KEY for error in fault.details["writeErrors"]):
                    raise
                return int(fault.details["nInserted"])

    def ensure_queue(self, database: str, queue: str) -> None:
        """Make the queue's indexes before its first entry."""
        with reachable():
            self._client[database][queue].create_indexes(QUEUE_INDEXES)

    def expansion(self, database: str, task_id: Any) -> Document | None:
        """The state of the task when it was last expanded to its end."""
        with reachable():
            return self._client[database][STATE].find_one({"_id": task_id})

    def remember_expansion(self, database: str, task_id: Any, state: Mapping[str, Any]) -> None:
        """Keep what `expansion` returns."""
        with reachable():
            self._client[database][STATE].replace_one(
                {"_id": task_id}, {"_id": task_id, **state}, upsert=True
            )

    def statuses(self, database: str, queue: str) -> tuple[dict[str, int], int]:
        """Of one queue: its entries by status, and how many of those in `error` take their twin's verdict."""
        collection = self._client[database][queue]
        with reachable():
            groups = collection.aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
            counts = {str(group["_id"]): int(group["count"]) for group in groups}
            twins = {"metric": RTA, "status": "error", "duplicate_of": {"$exists": True}}
            return counts, collection.count_documents(twins) if "error" in counts else 0


def entry_source(
    client: "MongoClient[Document]", repository: EvaluationRepository, *, judged: bool
) -> CollectionSource:
    """The queues as the engine sees them.

    Args:
        judged: those of judges, else those of the models under evaluation.
    """

    def queues() -> list[tuple[str, str]]:
        return [place for place in repository.queues() if is_judges(place[1]) is judged]

    return CollectionSource(client, queues, QUEUE_INDEXES)


def is_judges(queue: str) -> bool:
    """Return whether a queue holds judges' entries."""
    return queue.startswith(JUDGES)


def judges_of(queue: str) -> str:
    """The queue of the judges of a queue's answers."""
    return JUDGES + queue.removeprefix("queue_")


def queue_of(judges: str) -> str:
    """The queue whose answers a judges' queue is about."""
    return "queue_" + judges.removeprefix(JUDGES)

"""Every query of evaluations, in one place. What the engine asks of the queues is in `engine/collection_source.py`."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError, DuplicateKeyError

from ai_worker.engine.collection_source import CollectionSource
from ai_worker.pipelines.evaluations.entries import RTA, judge_digest
from ai_worker.stores.mongo import Document, reachable

NEVER = {"delete_me", "test"}
JUDGES = "queue_rta_"
STATE = "ai_worker_expansions"
ADOPTED_AT_ONCE = 1000
DUPLICATE_KEY = 11000

QUEUE_INDEXES = [
    IndexModel([("line_index", ASCENDING), ("model", ASCENDING)], name="ai_worker_line"),
    IndexModel([("metric", ASCENDING), ("status", ASCENDING)], name="ai_worker_metric"),
]
JUDGE_INDEXES = [
    IndexModel([("digest", ASCENDING)], name="ai_worker_digest"),
    IndexModel([("source_id", ASCENDING)], name="ai_worker_source"),
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

    def tasks(self, database: str) -> list[Document]:
        """Every evaluation task of a database."""
        with reachable():
            return list(self._client[database]["tasks"].find({}))

    def task(self, database: str, task_id: Any) -> Document | None:
        """One evaluation task."""
        with reachable():
            return self._client[database]["tasks"].find_one({"_id": task_id})

    def rows(self, database: str, dataset: str) -> Iterator[Document]:
        """The rows of a dataset in `find()` order, without their `_id`, streamed."""
        with reachable():
            yield from self._client[database][dataset].find({}, {"_id": 0})

    def size(self, database: str, collection: str) -> int:
        """How many documents a collection holds, from its metadata: costs nothing."""
        with reachable():
            return self._client[database][collection].estimated_document_count()

    def known_entries(self, database: str, queue: str, first: int, last: int) -> set[tuple[int, str]]:
        """(`line_index`, `model`) of the entries of the lines from `first` up to and without `last`."""
        with reachable():
            found = self._client[database][queue].find(
                {"line_index": {"$gte": first, "$lt": last}}, {"_id": 0, "line_index": 1, "model": 1}
            )
            return {(entry["line_index"], entry["model"]) for entry in found}

    def add_entries(self, database: str, queue: str, entries: Sequence[Document]) -> int:
        """Insert entries; those that another expander has inserted meanwhile are left as they are. Returns how many were new."""
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
        """What was known of the task when it was last expanded to its end."""
        with reachable():
            return self._client[database][STATE].find_one({"_id": task_id})

    def remember_expansion(self, database: str, task_id: Any, state: Mapping[str, Any]) -> None:
        """Keep what `expansion` returns."""
        with reachable():
            self._client[database][STATE].replace_one({"_id": task_id}, {"_id": task_id, **state}, upsert=True)

    def entry(self, database: str, queue: str, entry_id: Any) -> Document | None:
        """One entry."""
        with reachable():
            return self._client[database][queue].find_one({"_id": entry_id})

    def to_transfer(self, database: str, queue: str, limit: int) -> list[Any]:
        """Ids of answered entries that wait for their judge."""
        with reachable():
            found = self._client[database][queue].find({"metric": RTA, "status": "completed"}, {"_id": 1}).limit(limit)
            return [entry["_id"] for entry in found]

    def fail_transfer(self, database: str, queue: str, entry_id: Any, error: str, also: Mapping[str, Any] | None = None) -> bool:
        """Set an answered entry's status to `error`. False: it is not `completed` any more."""
        with reachable():
            result = self._client[database][queue].update_one(
                {"_id": entry_id, "status": "completed"}, {"$set": {"status": "error", "error": error, **(also or {})}}
            )
        return result.matched_count == 1

    def end_transfer(self, database: str, queue: str, entry_id: Any) -> bool:
        """Mark an answered entry as handed to its judge. False: it was already."""
        with reachable():
            result = self._client[database][queue].update_one(
                {"_id": entry_id, "status": "completed"}, {"$set": {"status": "transfered_to_rta"}}
            )
        return result.matched_count == 1

    def twin(self, database: str, judges: str, entry: Mapping[str, Any]) -> Document | None:
        """An entry that asks the same judge the same, whoever wrote it; entries of older scripts are given their digest first."""
        with reachable():
            collection = self._client[database][judges]
            collection.create_indexes(JUDGE_INDEXES)
            self._adopt(collection)
            return collection.find_one({"digest": entry["digest"]})

    @staticmethod
    def _adopt(collection: "Collection[Document]") -> None:
        while strangers := list(collection.find({"digest": None}, {"model": 1, "variables": 1}).limit(ADOPTED_AT_ONCE)):
            for stranger in strangers:
                digest = judge_digest(stranger.get("model", ""), stranger.get("variables") or {})
                collection.update_one({"_id": stranger["_id"]}, {"$set": {"digest": digest}})

    def add_judge_entry(self, database: str, judges: str, entry: Document) -> bool:
        """Insert a judge's entry. False: one of the same id is there."""
        with reachable():
            try:
                self._client[database][judges].insert_one(entry)
            except DuplicateKeyError:
                return False
        return True

    def statuses(self) -> Iterable[tuple[str, str, dict[str, int]]]:
        """How many entries there are in each status, for each queue: (database, collection, counts)."""
        for database, queue in self.queues():
            with reachable():
                groups = self._client[database][queue].aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
                yield database, queue, {str(group["_id"]): int(group["count"]) for group in groups}


def entry_source(client: "MongoClient[Document]", repository: EvaluationRepository) -> CollectionSource:
    """The queues as the engine sees them."""
    return CollectionSource(client, repository.queues, QUEUE_INDEXES)


def is_judges(queue: str) -> bool:
    """Whether a queue holds judges' entries."""
    return queue.startswith(JUDGES)


def judges_of(queue: str) -> str:
    """The queue of the judges of a queue's answers."""
    return JUDGES + queue.removeprefix("queue_")

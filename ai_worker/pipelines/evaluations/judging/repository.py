"""The queries of handing answers to judges."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from ai_worker.engine.contract.source import WORKER_LOST
from ai_worker.pipelines.evaluations.entries import RTA, judge_digest
from ai_worker.stores.mongo import Document, reachable

ADOPTED_AT_ONCE = 1000

JUDGE_INDEXES = [
    IndexModel([("digest", ASCENDING)], name="ai_worker_digest"),
    IndexModel([("source_id", ASCENDING)], name="ai_worker_source"),
    IndexModel([("judgement", ASCENDING)], name="ai_worker_judgement"),
    IndexModel([("owes_score", ASCENDING)], name="ai_worker_owes_score", sparse=True),
    IndexModel(
        [("error_class", ASCENDING), ("status", ASCENDING), ("verdict", ASCENDING)],
        name="ai_worker_lost",
        partialFilterExpression={"error_class": WORKER_LOST},
    ),
]


class JudgeRepository:
    """Answered entries and the judges' entries made of them."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client
        self._indexed: set[tuple[str, str]] = set()

    def entry(self, database: str, queue: str, entry_id: Any) -> Document | None:
        """One entry."""
        with reachable():
            return self._collection(database, queue).find_one({"_id": entry_id})

    def to_transfer(self, database: str, queue: str, limit: int) -> list[Any]:
        """Ids of answered entries that wait for their judge."""
        with reachable():
            found = (
                self._collection(database, queue)
                .find({"metric": RTA, "status": "completed"}, {"_id": 1})
                .limit(limit)
            )
            return [entry["_id"] for entry in found]

    def fail_transfer(
        self, database: str, queue: str, entry_id: Any, error: str, also: Mapping[str, Any] | None = None
    ) -> bool:
        """Set an answered entry's status to `error`. False: it is not `completed` any more."""
        return self._leave_completed(
            database, queue, entry_id, {"status": "error", "error": error, **(also or {})}
        )

    def end_transfer(self, database: str, queue: str, entry_id: Any) -> bool:
        """Mark an answered entry as handed to its judges. False: it was already."""
        return self._leave_completed(database, queue, entry_id, {"status": "transfered_to_rta"})

    def prepare(self, database: str, judges: str) -> None:
        """Make the judges' queue's indexes, and give the entries of older scripts their digest."""
        collection = self._collection(database, judges)
        with reachable():
            if (database, judges) not in self._indexed:
                collection.create_indexes(JUDGE_INDEXES)
                self._indexed.add((database, judges))
            while strangers := list(
                collection.find({"digest": None}, {"model": 1, "variables": 1}).limit(ADOPTED_AT_ONCE)
            ):
                for stranger in strangers:
                    digest = judge_digest(stranger.get("model", ""), stranger.get("variables"))
                    collection.update_one({"_id": stranger["_id"]}, {"$set": {"digest": digest}})

    def about(self, database: str, judges: str, source_id: Any) -> list[Document]:
        """The judges' entries about one source, of every judgement."""
        with reachable():
            # nx-27017 finds no ObjectId by equality, except as `_id`.
            return list(self._collection(database, judges).find({"source_id": {"$in": [source_id]}}))

    def last_judgement(self, database: str, judges: str) -> int:
        """The highest number of a judgement; 0 where there has been one, or none."""
        with reachable():
            last = self._collection(database, judges).find_one(
                {"judgement": {"$gt": 0}}, {"judgement": 1}, sort=[("judgement", DESCENDING)]
            )
        return int(last["judgement"]) if last else 0

    def twin(self, database: str, judges: str, digest: str) -> Document | None:
        """An entry that asks the same judge the same, whichever program wrote it."""
        with reachable():
            return self._collection(database, judges).find_one({"digest": digest})

    def add(self, database: str, judges: str, entry: Document) -> bool:
        """Insert a judge's entry. False: one of the same id is there."""
        with reachable():
            try:
                self._collection(database, judges).insert_one(entry)
            except DuplicateKeyError:
                return False
        return True

    def owe_score(self, database: str, judges: str, entry_id: Any) -> None:
        """Have the verdict of a judge's entry stored anew, if it has one."""
        with reachable():
            self._collection(database, judges).update_one(
                {"_id": entry_id, "status": {"$in": ["completed", "failed"]}}, {"$set": {"owes_score": True}}
            )

    def copy_fields(
        self, database: str, queue: str, source_id: Any, entry_id: Any, names: Sequence[str]
    ) -> None:
        """Set fields of one entry to what another one's are."""
        with reachable():
            collection = self._collection(database, queue)
            found = collection.find_one({"_id": source_id}, dict.fromkeys(names, 1)) or {}
            copied = {name: found[name] for name in names if name in found}
            if copied:
                collection.update_one({"_id": entry_id}, {"$set": copied})

    def _leave_completed(self, database: str, queue: str, entry_id: Any, change: Mapping[str, Any]) -> bool:
        with reachable():
            result = self._collection(database, queue).update_one(
                {"_id": entry_id, "status": "completed"}, {"$set": dict(change)}
            )
        return result.matched_count == 1

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

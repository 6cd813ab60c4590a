"""Entries that no longer count are put away into `archive_…` collections, never silently deleted."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient
from pymongo.errors import BulkWriteError

from ai_worker.pipelines.evaluations.entries import asked_of, digest_of
from ai_worker.stores.mongo import Document, reachable

PREFIX = "archive_"
INDEXES = [
    IndexModel([("entry_id", ASCENDING), ("archived_at", DESCENDING)]),
    IndexModel([("digest", ASCENDING)]),
]
DUPLICATE_KEY = 11000


class Archive:
    """The archive of each queue: `archive_` and the queue's name, in the same database."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def copy(self, database: str, queue: str, entries: Sequence[Document], because: str, now: Any) -> None:
        """Keep entries as they are, with `entry_id`, `archived_at` and `archived_because`. Kept twice, an
        entry is kept once.

        Args:
            now: the store's time.
        """
        if not entries:
            return
        kept = [
            {
                **entry,
                **({} if "source_id" in entry or "asked" in entry else {"asked": asked_of(entry)}),
                "_id": ObjectId(digest_of(entry)[:24]),
                "entry_id": entry["_id"],
                "archived_at": now,
                "archived_because": because,
            }
            for entry in entries
        ]
        collection = self._client[database][PREFIX + queue]
        with reachable():
            collection.create_indexes(INDEXES)
            try:
                collection.insert_many(kept, ordered=False)
            except BulkWriteError as fault:
                if any(error["code"] != DUPLICATE_KEY for error in fault.details["writeErrors"]):
                    raise

    def of_entry(self, database: str, queue: str, entry_id: Any, limit: int) -> list[Document]:
        """The earlier states of one entry that were put away, the latest first."""
        collection = self._client[database][PREFIX + queue]
        with reachable():
            # nx-27017 finds no ObjectId by equality outside of `_id`; to MongoDB `$in` of one is the same.
            found = collection.find({"entry_id": {"$in": [entry_id]}})
            return list(found.sort("archived_at", -1).limit(limit))

    def judged_before(self, database: str, judges: str, entry: Document) -> Document | None:
        """A judge's answer to just this question, put away earlier; None where there is none."""
        filter_ = {"digest": entry["digest"], "status": "completed"}
        with reachable():
            found = list(self._client[database][PREFIX + judges].find(filter_))
        names = ("prompt", "temperature", "seed")
        same = [one for one in found if all(one.get(name) == entry.get(name) for name in names)]
        return same[-1] if same else None

    def move(self, database: str, queue: str, entries: Sequence[Document], because: str, now: Any) -> int:
        """Keep entries and take them out of their queue, as long as their status is still the same; returns
        how many went.
        """
        self.copy(database, queue, entries, because, now)
        gone = 0
        by_status: dict[Any, list[Any]] = {}
        for entry in entries:
            by_status.setdefault(entry.get("status"), []).append(entry["_id"])
        with reachable():
            for status, ids in by_status.items():
                gone += (
                    self._client[database][queue]
                    .delete_many({"_id": {"$in": ids}, "status": status})
                    .deleted_count
                )
        return gone

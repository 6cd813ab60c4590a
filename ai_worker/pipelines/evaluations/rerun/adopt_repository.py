"""The queries of adopting queues of older scripts. They read whole queues, and are made once."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pymongo import ASCENDING, MongoClient
from pymongo.collection import Collection

from ai_worker.engine.sources.collection_rows import QUEUE_DOCUMENTS
from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.repository import QUEUE_INDEXES
from ai_worker.pipelines.evaluations.rerun.resetting import OF_AN_ATTEMPT
from ai_worker.pipelines.evaluations.scoring.verdicts import FIELDS
from ai_worker.stores.mongo import Document, reachable

AT_ONCE = 500


class AdoptRepository:
    """Queues as older scripts have left them."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def make_indexes(self, database: str, queue: str) -> None:
        """The indexes that a queue needs; made again they cost nothing."""
        with reachable():
            self._collection(database, queue).create_indexes([*QUEUE_DOCUMENTS.indexes, *QUEUE_INDEXES])

    def without_digest(self, database: str, judges: str) -> int:
        """The number of judges' entries that older scripts have written."""
        with reachable():
            return self._collection(database, judges).count_documents({"digest": None})

    def release_stuck(self, database: str, queue: str, dry_run: bool) -> int:
        """Set entries back to pending that are `processing` without a lease, as only older scripts leave
        them; returns how many.
        """
        stuck: Document = {"status": "processing", "due_at": None}
        with reachable():
            if dry_run:
                return self._collection(database, queue).count_documents(stuck)
            change = {"$set": {"status": "pending"}, "$unset": OF_AN_ATTEMPT}
            return self._collection(database, queue).update_many(stuck, change).modified_count

    def without_model(self, database: str, queue: str) -> list[Any]:
        """The ids of pending entries whose model is no text."""
        with reachable():
            pending = self._collection(database, queue).find({"status": "pending"}, {"model": 1})
            return [
                entry["_id"]
                for entry in pending
                if not isinstance(entry.get("model"), str) or not entry["model"].strip()
            ]

    def fail(self, database: str, queue: str, ids: Sequence[Any], reason: str) -> None:
        """Fail pending entries that can never be asked."""
        change = {"status": "failed", "error_class": BadRequest.error_class, "error": reason}
        with reachable():
            self._collection(database, queue).update_many(
                {"_id": {"$in": list(ids)}, "status": "pending"}, {"$set": change}
            )

    def hand_over_again(self, database: str, queue: str, ids: Sequence[Any]) -> None:
        """Have answers handed to their judges anew."""
        change = {"$set": {"status": "completed"}, "$unset": dict.fromkeys(FIELDS, "")}
        with reachable():
            self._collection(database, queue).update_many(
                {"_id": {"$in": list(ids)}, "status": "transfered_to_rta"}, change
            )

    def by_line(self, database: str, queue: str) -> Iterator[Document]:
        """The entries of a queue without their questions, those of the same row and model one after the
        other.
        """
        fields = dict.fromkeys(("line_index", "model", "sample", "status", "response"), 1)
        with reachable():
            entries = (
                self._collection(database, queue)
                .find({}, fields)
                .sort([("line_index", ASCENDING), ("model", ASCENDING)])
            )
            yield from entries.allow_disk_use(True)

    def by_source(self, database: str, judges: str) -> Iterator[Document]:
        """The judges' entries, those about the same source one after the other."""
        fields = dict.fromkeys(("source_id", "model", "judgement", "variables", "status", "response"), 1)
        with reachable():
            yield from (
                self._collection(database, judges)
                .find({}, fields)
                .sort("source_id", ASCENDING)
                .allow_disk_use(True)
            )

    def unlinked(self, database: str, queue: str, error: str) -> Iterator[list[Document]]:
        """Entries with an error of transfer that says `Дубликат` and not of what, in portions."""
        filter_ = {"metric": RTA, "status": "error", "error": error, "duplicate_of": None}
        with reachable():
            entries = self._collection(database, queue).find(filter_, batch_size=AT_ONCE)
            while portion := list(islice(entries, AT_ONCE)):
                yield portion

    def by_digest(self, database: str, judges: str, digests: Sequence[str]) -> dict[str | None, Document]:
        """Judges' entries by their digests."""
        with reachable():
            return {
                entry["digest"]: entry
                for entry in self._collection(database, judges).find({"digest": {"$in": list(digests)}})
            }

    def link(self, database: str, queue: str, entry_id: Any, twin: Document | None) -> None:
        """Note of what an entry is a duplicate; without a twin it is to be handed over anew."""
        change: Document = (
            {"$set": {"duplicate_of": twin["_id"]}}
            if twin
            else {"$set": {"status": "completed"}, "$unset": {"error": ""}}
        )
        with reachable():
            self._collection(database, queue).update_one({"_id": entry_id, "status": "error"}, change)

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

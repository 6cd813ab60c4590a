"""The queries of scores: entries and their judges' entries, read in portions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pymongo import MongoClient, UpdateMany, UpdateOne
from pymongo.collection import Collection

from ai_worker.engine.contract.source import WORKER_LOST
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.repository import JUDGE_INDEXES
from ai_worker.pipelines.evaluations.scoring import Kind
from ai_worker.stores.mongo import Document, reachable

AT_ONCE = 500
_QUESTION = ("prompt", "variables", "init_prompt", "rta_prompt")
"""No verdict on a refusal needs them, and they are most of a document."""
_BUT_FAILED = [None, *(kind.value for kind in Kind if kind is not Kind.JUDGE_FAILED)]


class ScoreRepository:
    """Entries of queues, for scores and reports."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client
        self._indexed: set[tuple[str, str]] = set()

    def portions(self, database: str, queue: str) -> Iterator[list[Document]]:
        """The entries of a queue without their long texts, in portions."""
        return self._portions(database, queue, {}, dict.fromkeys((*_QUESTION, "response"), 0))

    def whole_portions(self, database: str, queue: str) -> Iterator[list[Document]]:
        """The entries of a queue as they are, in portions."""
        return self._portions(database, queue, {})

    def handed_over(self, database: str, queue: str) -> Iterator[list[Document]]:
        """The answers that judges have been asked about, whole, in portions."""
        return self._portions(database, queue, {"metric": RTA, "status": "transfered_to_rta"})

    def _portions(
        self, database: str, queue: str, filter_: Mapping[str, Any], fields: Mapping[str, int] | None = None
    ) -> Iterator[list[Document]]:
        with reachable():
            entries = self._collection(database, queue).find(filter_, fields, batch_size=AT_ONCE)
            while portion := list(islice(entries, AT_ONCE)):
                yield portion

    def whole(self, database: str, queue: str, ids: Sequence[Any]) -> dict[Any, Document]:
        """Entries by their ids."""
        if not ids:
            return {}
        with reachable():
            return {
                entry["_id"]: entry
                for entry in self._collection(database, queue).find({"_id": {"$in": list(ids)}})
            }

    def judges(
        self, database: str, judges: str, source_ids: Iterable[Any], *, whole: bool = False
    ) -> Mapping[Any, list[Document]]:
        """The judges' entries about each of these sources, those of every judgement; without their questions
        unless `whole`.
        """
        found: defaultdict[Any, list[Document]] = defaultdict(list)
        wanted = list(source_ids)
        if wanted:
            fields = None if whole else dict.fromkeys(_QUESTION, 0)
            with reachable():
                for entry in self._collection(database, judges).find({"source_id": {"$in": wanted}}, fields):
                    found[entry["source_id"]].append(entry)
        return found

    def mark(self, database: str, judges: str, source_ids: Sequence[Any]) -> None:
        """Have the verdicts of these sources stored anew."""
        with reachable():
            self._collection(database, judges).update_many(
                {"source_id": {"$in": list(source_ids)}}, {"$set": {"owes_score": True}}
            )

    def mark_lost(self, database: str, judges: str, fields: Mapping[str, Any]) -> int:
        """Mark judges' entries that were given up with their workers: no worker was left to do it. Returns
        how many.

        Args:
            fields: the verdict to store beside each of them, by which it is known to be marked.
        """
        lost = {"error_class": WORKER_LOST, "status": "failed", "verdict": {"$in": _BUT_FAILED}}
        with reachable():
            self._ensure_indexes(database, judges)
            return (
                self._collection(database, judges)
                .update_many(lost, {"$set": {**fields, "owes_score": True}})
                .modified_count
            )

    def marked(self, database: str, judges: str) -> list[Document]:
        """Judges' entries whose verdict is not yet stored beside the answers that they read."""
        with reachable():
            self._ensure_indexes(database, judges)
            return list(
                self._collection(database, judges)
                .find({"owes_score": True}, {"source_id": 1, "status": 1})
                .limit(AT_ONCE)
            )

    def not_handed_over(self, database: str, queue: str, source_ids: Sequence[Any]) -> set[Any]:
        """Those of the sources whose transfer is still under way."""
        with reachable():
            found = self._collection(database, queue).find(
                {"_id": {"$in": list(source_ids)}, "status": "completed"}, {"_id": 1}
            )
            return {entry["_id"] for entry in found}

    def with_duplicates(self, database: str, queue: str, judged_ids: Sequence[Any]) -> set[Any]:
        """Those of the judges' entries that answers of the queue are duplicates of."""
        with reachable():
            found = self._collection(database, queue).find(
                {"duplicate_of": {"$in": list(judged_ids)}}, {"duplicate_of": 1}
            )
            return {entry["duplicate_of"] for entry in found}

    def unmark(self, database: str, judges: str, entries: Iterable[Document]) -> None:
        """Take the marks off, except where the entry has gone on since it was read."""
        by_status: defaultdict[Any, list[Any]] = defaultdict(list)
        for entry in entries:
            by_status[entry.get("status")].append(entry["_id"])
        with reachable():
            for status, ids in by_status.items():
                marked = {"_id": {"$in": ids}, "status": status}
                self._collection(database, judges).update_many(marked, {"$unset": {"owes_score": ""}})

    def update(self, database: str, queue: str, updates: Sequence[UpdateOne | UpdateMany]) -> int:
        """Apply updates in any order; returns how many entries they matched."""
        if not updates:
            return 0
        with reachable():
            return self._collection(database, queue).bulk_write(updates, ordered=False).matched_count

    def _ensure_indexes(self, database: str, judges: str) -> None:
        """Asked for at every scan, also of queues that older scripts have left."""
        if (database, judges) not in self._indexed:
            self._collection(database, judges).create_indexes(JUDGE_INDEXES)
            self._indexed.add((database, judges))

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

"""The queries of plans: what a queue holds, and what its entries have cost so far."""

from collections.abc import Iterator
from itertools import islice

from pymongo import MongoClient
from pymongo.collection import Collection

from ai_worker.pipelines.evaluations.scoring.verdicts import FIELDS
from ai_worker.stores.mongo import Document, reachable

AT_ONCE = 500
SAMPLE = 200
"""Answers from which the usual length of a model's answers is taken."""


class PlanRepository:
    """Queues, compared with their tasks."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def entries(self, database: str, queue: str, first: int, last: int) -> list[Document]:
        """The entries of the lines from `first` up to and without `last`, without their responses."""
        with reachable():
            return list(
                self._collection(database, queue).find(
                    {"line_index": {"$gte": first, "$lt": last}}, {"response": 0}
                )
            )

    def entries_from(self, database: str, queue: str, first: int) -> Iterator[Document]:
        """The entries of the lines from `first` on, without their responses."""
        with reachable():
            yield from self._collection(database, queue).find(
                {"line_index": {"$gte": first}}, {"response": 0}
            )

    def usual_output(self, database: str, queue: str, model: str) -> float | None:
        """The mean number of tokens of a model's answers in a queue; None where there are none."""
        counted: list[int] = []
        with reachable():
            for status in ("completed", "transfered_to_rta"):
                found = (
                    self._collection(database, queue)
                    .find({"status": status, "model": model}, {"tokens_output": 1})
                    .limit(SAMPLE)
                )
                counted += [entry["tokens_output"] for entry in found if entry.get("tokens_output")]
        return sum(counted) / len(counted) if counted else None

    def release_orphans(self, database: str, queue: str, judges: str) -> int:
        """Have every `Дубликат` whose twin was put away handed over anew; returns how many there were."""
        source, released = self._collection(database, queue), 0
        with reachable():
            duplicates = source.find(
                {"duplicate_of": {"$exists": True}}, {"duplicate_of": 1}, batch_size=AT_ONCE
            )
            while portion := list(islice(duplicates, AT_ONCE)):
                twins = {entry["duplicate_of"] for entry in portion}
                there = {
                    twin["_id"]
                    for twin in self._collection(database, judges).find(
                        {"_id": {"$in": list(twins)}}, {"_id": 1}
                    )
                }
                orphans = [entry["_id"] for entry in portion if entry["duplicate_of"] not in there]
                change = {
                    "$set": {"status": "completed"},
                    "$unset": dict.fromkeys((*FIELDS, "error", "duplicate_of"), ""),
                }
                released += source.update_many(
                    {"_id": {"$in": orphans}, "status": "error"}, change
                ).modified_count
        return released

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

"""The queries of scores: entries and their judges' entries, read in portions."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from ai_worker.stores.mongo import Document, reachable

AT_ONCE = 500
_LONG = ("response", "prompt", "variables", "init_prompt", "rta_prompt")
"""Left out where a stored verdict makes them unnecessary: they are most of a document."""


class ScoreRepository:
    """Entries of queues, for scores and reports."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def portions(self, database: str, queue: str) -> Iterator[list[Document]]:
        """The entries of a queue without their long texts, in portions."""
        with reachable():
            entries = self._collection(database, queue).find({}, dict.fromkeys(_LONG, 0), batch_size=AT_ONCE)
            while portion := list(islice(entries, AT_ONCE)):
                yield portion

    def whole(self, database: str, queue: str, ids: Sequence[Any]) -> dict[Any, Document]:
        """Entries by their ids."""
        if not ids:
            return {}
        with reachable():
            return {entry["_id"]: entry for entry in self._collection(database, queue).find({"_id": {"$in": list(ids)}})}

    def judges(self, database: str, judges: str, source_ids: Iterable[Any]) -> Mapping[Any, list[Document]]:
        """The judges' entries about each of these sources, those of every judgement."""
        found: defaultdict[Any, list[Document]] = defaultdict(list)
        wanted = list(source_ids)
        if wanted:
            with reachable():
                for entry in self._collection(database, judges).find({"source_id": {"$in": wanted}}):
                    found[entry["source_id"]].append(entry)
        return found

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

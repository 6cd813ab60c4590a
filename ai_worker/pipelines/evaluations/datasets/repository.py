"""The queries of datasets and tasks, as they come in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from ai_worker.stores.mongo import Document, reachable

AT_ONCE = 1000


class DatasetRepository:
    """Datasets and tasks of every database."""

    def __init__(self, client: "MongoClient[Document]") -> None:
        self._client = client

    def size(self, database: str, collection: str) -> int:
        """The number of documents of a collection, by its metadata."""
        with reachable():
            return self._collection(database, collection).estimated_document_count()

    def rows(self, database: str, dataset: str) -> Iterator[Document]:
        """The rows of a dataset, streamed."""
        with reachable():
            yield from self._collection(database, dataset).find({}, {"_id": 0})

    def portions(self, database: str, dataset: str) -> Iterator[list[Document]]:
        """The rows of a dataset with their `_id`, in portions."""
        with reachable():
            rows = self._collection(database, dataset).find({}, batch_size=AT_ONCE)
            while portion := list(islice(rows, AT_ONCE)):
                yield portion

    def fill(self, database: str, dataset: str, rows: Iterable[Document], at_once: int) -> int:
        """Insert rows in their order; returns how many. What was inserted is taken out again if it breaks
        off.
        """
        collection = self._collection(database, dataset)
        waiting = iter(rows)
        filled = 0
        try:
            with reachable():
                while portion := list(islice(waiting, at_once)):
                    collection.insert_many(portion, ordered=True)
                    filled += len(portion)
        except BaseException:
            with reachable():
                collection.drop()
            raise
        return filled

    def drop(self, database: str, dataset: str) -> None:
        """Remove a dataset whose rows have been put away."""
        with reachable():
            self._collection(database, dataset).drop()

    def tasks_on(self, database: str, dataset_name: str) -> list[Document]:
        """The tasks that read a dataset."""
        with reachable():
            return list(self._collection(database, "tasks").find({"dataset_name": dataset_name}))

    def tasks_named(self, database: str, names: Sequence[str]) -> list[Document]:
        """The tasks of these names that are there."""
        with reachable():
            return list(self._collection(database, "tasks").find({"task_name": {"$in": list(names)}}))

    def replace_tasks(
        self, database: str, documents: Mapping[str, Document], there: Sequence[Document]
    ) -> None:
        """Write tasks, each over the one of its name where there is one."""
        ids = {task["task_name"]: task["_id"] for task in there}
        collection = self._collection(database, "tasks")
        with reachable():
            for name, document in documents.items():
                if name in ids:
                    collection.replace_one({"_id": ids[name]}, document)
                else:
                    collection.insert_one(document)

    def change_task(self, database: str, before: Document, fields: Mapping[str, Any]) -> bool:
        """Set fields of a task, unless it was changed since it was read; returns whether it was set.

        Compared here and not by the filter: the embedded store knows no equality of lists. So two people must
        still not press Enter within the same millisecond.
        """
        tasks = self._collection(database, "tasks")
        with reachable():
            if tasks.find_one({"_id": before["_id"]}) != before:
                return False
            return tasks.update_one({"_id": before["_id"]}, {"$set": dict(fields)}).matched_count == 1

    def _collection(self, database: str, collection: str) -> "Collection[Document]":
        return self._client[database][collection]

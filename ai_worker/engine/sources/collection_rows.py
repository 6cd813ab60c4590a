"""The documents that the two sides of a collection source, scanner and owner, work on."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection

from ai_worker.engine.contract.row import Address
from ai_worker.engine.contract.source import Fates
from ai_worker.engine.sources.documents import Documents
from ai_worker.settings import settings
from ai_worker.stores.heartbeat import Heartbeats
from ai_worker.stores.heartbeat_collection import HeartbeatCollection
from ai_worker.stores.mongo import Document, StoreClock

QUEUE_DOCUMENTS = Documents()
LET_GO = {"due_at": "", "lease_token": ""}
NO_ERROR = {"error": "", "error_class": ""}


def _uncounted(fates: Fates) -> None:
    """A source of its own, which belongs to no kind."""


class CollectionRows:
    """Documents of collections, their shape and the clock of their store.

    Args:
        collections: names the collections now, as (database, collection).
        indexes: further indexes that the pipeline wants on each of them.
        documents: the shape of the rows.
    """

    ordered = False

    def __init__(
        self,
        client: "MongoClient[Document]",
        collections: Callable[[], Iterable[tuple[str, str]]],
        indexes: Sequence[IndexModel] = (),
        documents: Documents = QUEUE_DOCUMENTS,
    ) -> None:
        self.on_lost: Callable[[Fates], None] = _uncounted
        self.heartbeats: Heartbeats = HeartbeatCollection(client, settings().mongo_db)
        self._client = client
        self._collections = collections
        self._indexes = [*documents.indexes, *indexes]
        self._indexed: set[Address] = set()
        self._clock = StoreClock(client)
        self._of = documents

    def _later(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    def _collection(self, address: Address) -> "Collection[Document]":
        database, collection = address
        return self._client[database][collection]

    def _ensure_indexes(self, address: Address, collection: "Collection[Document]") -> None:
        if address not in self._indexed:
            collection.create_indexes(self._indexes)
            self._indexed.add(address)

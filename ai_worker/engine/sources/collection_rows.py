"""The documents that the two sides of a collection source, scanner and owner, work on."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from bson.errors import InvalidBSON
from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection
from pymongo.errors import InvalidName, OperationFailure

from ai_worker.engine.contract.row import Address
from ai_worker.engine.contract.source import Fates
from ai_worker.engine.sources.documents import Documents
from ai_worker.engine.sources.odd_documents import OddDocuments
from ai_worker.settings import settings
from ai_worker.stores.heartbeats.collection import HeartbeatCollection
from ai_worker.stores.heartbeats.contract import Heartbeats
from ai_worker.stores.mongo import Document, MongoRefused, StoreClock

log = logging.getLogger(__name__)

ODD = (OperationFailure, InvalidName, InvalidBSON, MongoRefused)
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
        self._odd = OddDocuments(documents)
        self.left_out: dict[str, str] = {}
        self._unsure_claims: dict[tuple[Address, str, str], str] = {}
        self._unsure_writes: set[tuple[Address, str, str]] = set()

    def _later(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    def _collection(self, address: Address) -> "Collection[Document]":
        database, collection = address
        return self._client[database][collection]

    @contextmanager
    def _left_out(self, address: Address) -> Iterator[None]:
        """Leave a collection out that the server refuses: a view, an index conflict, a right that is missing.
        The others are worked.
        """
        try:
            yield
        except ODD as fault:
            if isinstance(fault, MongoRefused) and fault.everywhere:
                raise
            self._leave_out(".".join(address), str(fault))

    def _leave_out(self, what: str, why: str) -> None:
        reason = (why.splitlines() or [""])[0][:300]
        if self.left_out.get(what) != reason:
            self.left_out[what] = reason
            log.error("[ERROR] %s cannot be worked: %s; it is left out, the others are worked", what, reason)

    def _ensure_indexes(self, address: Address, collection: "Collection[Document]") -> None:
        if address not in self._indexed:
            collection.create_indexes(self._indexes)
            self._indexed.add(address)


def whole(document: Document, name: str) -> int:
    """A field that holds a whole number; 0 where it is missing, or another program wrote something else."""
    value = document.get(name, 0)
    return value if isinstance(value, int) else 0

"""MongoDB queue collections as a source of rows: every collection and model of them is a lane.

The engine's own fields in such a document: `due_at`, `lease_token`, `attempts`, `lost`, `first_attempt_at`,
`error_class`, `error`. Only what MongoDB's manual promises is used: single-document atomicity of updates,
multi-updates that check their filter document by document, indexes whose equality fields come first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from bson import ObjectId, json_util
from pymongo import ASCENDING, IndexModel, MongoClient, ReturnDocument
from pymongo.collection import Collection

from ai_worker.engine.contract.row import Address, Claim, Lane, Reserved, RowId
from ai_worker.engine.contract.source import (
    LOST_FOR_GOOD,
    LOST_TO_QUARANTINE,
    WORKER_LOST,
    WORKER_LOST_MESSAGE,
)
from ai_worker.errors import WorkError
from ai_worker.settings import settings
from ai_worker.stores.heartbeat import Heartbeats
from ai_worker.stores.heartbeat_collection import HeartbeatCollection
from ai_worker.stores.mongo import Document, StoreClock, reachable
from ai_worker.stores.mysql import Statement

PENDING, PROCESSING, COMPLETED, FAILED = "pending", "processing", "completed", "failed"

INDEXES = [
    IndexModel([("status", ASCENDING), ("model", ASCENDING), ("due_at", ASCENDING)], name="ai_worker_due"),
    IndexModel(
        [("model", ASCENDING), ("due_at", ASCENDING), ("lease_token", ASCENDING)],
        name="ai_worker_in_flight",
        partialFilterExpression={"lease_token": {"$exists": True}},
    ),
]
_LET_GO = {"due_at": "", "lease_token": ""}
_NO_ERROR = {"error": "", "error_class": ""}


class CollectionSource:
    """Documents of queue collections. See `Source` for what each method promises.

    Args:
        collections: names the queue collections now, as (database, collection).
        indexes: further indexes that the pipeline wants on each of them.
    """

    def __init__(
        self,
        client: "MongoClient[Document]",
        collections: Callable[[], Iterable[tuple[str, str]]],
        indexes: Sequence[IndexModel] = (),
    ) -> None:
        self.heartbeats: Heartbeats = HeartbeatCollection(client, settings().mongo_db)
        self._client = client
        self._collections = collections
        self._indexes = [*INDEXES, *indexes]
        self._indexed: set[Address] = set()
        self._clock = StoreClock(client)

    def lanes(self) -> list[Lane]:
        """Distinct models of the open documents of each collection: an index scan over distinct keys on
        MongoDB.
        """
        found: dict[Lane, None] = {}
        with reachable():
            for address in self._collections():
                collection = self._collection(address)
                self._ensure_indexes(address, collection)
                for status in (PROCESSING, PENDING):
                    for model in collection.distinct("model", {"status": status}):
                        if isinstance(model, str):
                            found[Lane(address, model)] = None
        return list(found)

    def in_flight(self, lanes: Sequence[Lane]) -> dict[Lane, int]:
        """Counts entries of a partial index that holds only what is in flight."""
        with reachable():
            held = {"lease_token": {"$exists": True}, "due_at": {"$gt": self._clock.now()}}
            return {
                lane: self._collection(lane.address).count_documents({"model": lane.value, **held})
                for lane in lanes
            }

    def reserve(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        """Finds candidates, then takes them by an update that checks each of them again: racing scanners
        share them out.
        """
        reserved: list[Reserved] = []
        with reachable():
            for pick in (self._vanished, self._due, self._new):
                if room := limit - len(reserved):
                    reserved += pick(lane, room, seconds)
        return reserved

    def reserve_rows(self, address: Address, row_ids: Sequence[RowId], seconds: float) -> list[Reserved]:
        """One update that takes the free ones, then which they were."""
        ids = [from_message(row_id) for row_id in row_ids]
        token = uuid4().hex
        collection = self._collection(address)
        with reachable():
            collection.update_many(
                {"_id": {"$in": ids}, "status": PENDING, "lease_token": None},
                {"$set": {"lease_token": token, "due_at": self._later(seconds)}},
            )
            rows = list(collection.find({"_id": {"$in": ids}, "lease_token": token}, {"lost": 1}))
        return [Reserved(address, to_message(row["_id"]), token, row.get("lost", 0)) for row in rows]

    def _vanished(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        passed = {"status": PROCESSING, "due_at": {"$lte": self._clock.now()}}
        rows = self._find(lane, passed, limit)
        hopeless = [row["_id"] for row in rows if row.get("lost", 0) + 1 >= LOST_FOR_GOOD]
        if hopeless:
            self._collection(lane.address).update_many(
                {"_id": {"$in": hopeless}, **passed},
                {
                    "$set": {"status": FAILED, "error_class": WORKER_LOST, "error": WORKER_LOST_MESSAGE},
                    "$inc": {"lost": 1},
                    "$unset": _LET_GO,
                },
            )
        rows = [row for row in rows if row.get("lost", 0) + 1 < LOST_FOR_GOOD]
        return self._take(lane, rows, passed, seconds, {"$inc": {"lost": 1}}, {"status": PENDING}, lost=1)

    def _due(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        due = {"status": PENDING, "due_at": {"$lte": self._clock.now()}}
        rows = self._find(lane, due, limit)
        late = [row for row in rows if row.get("lease_token")]
        return [
            *self._late(lane, late, due, seconds),
            *self._take(lane, [row for row in rows if row not in late], due, seconds),
        ]

    def _late(
        self, lane: Lane, rows: Sequence[Document], due: Mapping[str, Any], seconds: float
    ) -> list[Reserved]:
        """Reservations whose message may be lost. They keep their token: if it was only late, it still
        counts.
        """
        reserved = []
        for row in rows:
            held = {"_id": row["_id"], "lease_token": row["lease_token"], **due}
            found = self._collection(lane.address).find_one_and_update(
                held, {"$set": {"due_at": self._later(seconds)}}, projection={"lost": 1, "lease_token": 1}
            )
            if found is not None:
                reserved.append(
                    Reserved(lane.address, to_message(row["_id"]), found["lease_token"], found.get("lost", 0))
                )
        return reserved

    def _new(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        new: Document = {"status": PENDING, "due_at": None}
        fresh = {"attempts": 0, "lost": 0}
        rows = [{**row, "lost": 0} for row in self._find(lane, new, limit)]
        return self._take(lane, rows, new, seconds, {"$unset": {"first_attempt_at": "", **_NO_ERROR}}, fresh)

    def _find(self, lane: Lane, filter_: Mapping[str, Any], limit: int) -> list[Document]:
        cursor = (
            self._collection(lane.address)
            .find({**filter_, "model": lane.value}, {"lost": 1, "lease_token": 1})
            .limit(limit)
        )
        return list(cursor.sort("due_at", ASCENDING))

    def _take(
        self,
        lane: Lane,
        rows: Sequence[Document],
        filter_: Mapping[str, Any],
        seconds: float,
        change: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        lost: int = 0,
    ) -> list[Reserved]:
        if not rows:
            return []
        collection = self._collection(lane.address)
        ids = [row["_id"] for row in rows]
        token = uuid4().hex
        held = {**(fields or {}), "lease_token": token, "due_at": self._later(seconds)}
        result = collection.update_many({"_id": {"$in": ids}, **filter_}, {**(change or {}), "$set": held})
        if result.modified_count < len(ids):
            ours = {
                row["_id"] for row in collection.find({"_id": {"$in": ids}, "lease_token": token}, {"_id": 1})
            }
            rows = [row for row in rows if row["_id"] in ours]
        return [
            Reserved(lane.address, to_message(row["_id"]), token, row.get("lost", 0) + lost) for row in rows
        ]

    def requeue(self, lanes: Sequence[Lane], seconds: float) -> int:
        """One update for each lane over what is in flight of it."""
        requeued = 0
        with reachable():
            now = self._clock.now()
            for lane in lanes:
                held = {
                    "model": lane.value,
                    "lease_token": {"$exists": True},
                    "status": PENDING,
                    "lost": {"$lt": LOST_TO_QUARANTINE},
                }
                ends = {"due_at": {"$gt": now, "$lte": now + timedelta(seconds=seconds)}}
                requeued += (
                    self._collection(lane.address)
                    .update_many({**held, **ends}, {"$set": {"due_at": now}})
                    .modified_count
                )
        return requeued

    def claim(self, address: Address, row_id: RowId, token: str, seconds: float) -> Claim | None:
        """One `find_one_and_update` that names the token."""
        now = self._clock.now()
        with reachable():
            document = self._collection(address).find_one_and_update(
                {"_id": from_message(row_id), "status": PENDING, "lease_token": token},
                {"$set": {"status": PROCESSING, "due_at": now + timedelta(seconds=seconds)}},
                return_document=ReturnDocument.AFTER,
            )
        if document is None:
            return None
        began: datetime = document.get("first_attempt_at") or now
        return Claim(
            address, row_id, token, document.get("attempts", 0), (now - began).total_seconds(), document
        )

    def renew(self, claims: Sequence[Claim], seconds: float) -> int:
        """One update for each collection. A token names one batch, so id and token need not be paired."""
        by_address: dict[Address, list[Claim]] = {}
        for claim in claims:
            by_address.setdefault(claim.address, []).append(claim)
        renewed = 0
        with reachable():
            for address, held in by_address.items():
                result = self._collection(address).update_many(
                    {
                        "_id": {"$in": [from_message(claim.row_id) for claim in held]},
                        "status": PROCESSING,
                        "lease_token": {"$in": sorted({claim.token for claim in held})},
                    },
                    {"$set": {"due_at": self._later(seconds)}},
                )
                renewed += result.matched_count
        return renewed

    def finish(self, claim: Claim, fields: Mapping[str, Any], also: Sequence[Statement] = ()) -> bool:
        """Result and status in one fenced update; `fields` may name a final status of its own. There is
        nothing to commit with it.
        """
        if also:
            raise ValueError("a collection of MongoDB takes no statements")
        return self._end(claim, {"status": COMPLETED, **fields}, {**_LET_GO, **_NO_ERROR})

    def fail(self, claim: Claim, error: WorkError) -> bool:
        """The attempt that gave the row up is counted with the others."""
        return self._end(claim, {"status": FAILED, **_told(claim, error)}, _LET_GO)

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        """Pending again, without a token, due by the server's clock. The first to do so notes when the row's
        age began.
        """
        began = claim.fields.get("first_attempt_at") or self._later(-claim.age_seconds)
        fields = {
            "status": PENDING,
            "due_at": self._later(seconds),
            "first_attempt_at": began,
            **_told(claim, error),
        }
        return self._end(claim, fields, {"lease_token": ""})

    def _end(self, claim: Claim, fields: Mapping[str, Any], unset: Mapping[str, Any]) -> bool:
        fence = {"_id": from_message(claim.row_id), "status": PROCESSING, "lease_token": claim.token}
        with reachable():
            result = self._collection(claim.address).update_one(
                fence, {"$set": dict(fields), "$unset": dict(unset)}
            )
        return result.matched_count == 1

    def _later(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    def _collection(self, address: Address) -> "Collection[Document]":
        database, collection = address
        return self._client[database][collection]

    def _ensure_indexes(self, address: Address, collection: "Collection[Document]") -> None:
        if address not in self._indexed:
            collection.create_indexes(self._indexes)
            self._indexed.add(address)


def _told(claim: Claim, error: WorkError) -> Document:
    attempts = claim.attempts + (1 if error.uses_attempt else 0)
    return {**error.record, "attempts": attempts, "error_class": error.error_class, "error": str(error)}


def to_message(row_id: Any) -> RowId:
    """A document's `_id` as JSON carries it."""
    if isinstance(row_id, (str, int)):
        return row_id
    return {"$oid": str(row_id)} if isinstance(row_id, ObjectId) else {"$json": json_util.dumps(row_id)}


def from_message(row_id: RowId) -> Any:
    """The reverse of `to_message`."""
    if not isinstance(row_id, dict):
        return row_id
    return ObjectId(row_id["$oid"]) if "$oid" in row_id else json_util.loads(row_id["$json"])

"""The scanner's side of a collection: lanes, what is in flight of them, reservations."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.errors import WriteError

from ai_worker.engine.contract import owner
from ai_worker.engine.contract.row import Address, Lane, Late, Reserved, RowId
from ai_worker.engine.contract.source import (
    LANES_LOOKED_AT,
    LOST_FOR_GOOD,
    LOST_TO_QUARANTINE,
    WORKER_LOST,
    WORKER_LOST_MESSAGE,
    fates,
)
from ai_worker.engine.sources.collection_rows import LET_GO, NO_ERROR, CollectionRows, whole
from ai_worker.engine.sources.odd_documents import is_lane
from ai_worker.engine.sources.row_ids import from_message, to_message
from ai_worker.stores.mongo import Document, is_passing, reachable

FRESH = {"attempts": 0, "lost": 0}


class CollectionReserving(CollectionRows):
    """Reserves documents. See `Source` for what each method promises."""

    def lanes(self) -> list[Lane]:
        """Distinct lanes of the open documents: an index scan over distinct keys on MongoDB.

        A collection that the server refuses is left out, and none of those behind it.
        """
        found: dict[Lane, None] = {}
        with reachable():
            addresses = list(self._collections())
        for address in addresses:
            with self._left_out(address), reachable():
                found |= dict.fromkeys(self._lanes_of(address))
                self.left_out.pop(".".join(address), None)
                self._note_odd(address)
        return sorted(found, key=lambda lane: -lane.priority) if self._of.priority else list(found)

    def _note_odd(self, address: Address) -> None:
        reason = self._odd.reason(address, self._collection(address))
        if reason:
            self._leave_out(self._odd.what(address), reason)
        elif reason is not None:
            self.left_out.pop(self._odd.what(address), None)

    def _lanes_of(self, address: Address) -> Iterator[Lane]:
        collection = self._collection(address)
        self._ensure_indexes(address, collection)
        for status in (self._of.processing, self._of.pending):
            for priority in self._priorities(collection, status):
                for value in self._lane_values(collection, status, priority):
                    yield Lane(address, value, priority=priority)

    def _priorities(self, collection: "Collection[Document]", status: str) -> list[int]:
        if self._of.priority is None:
            return [0]
        known = collection.distinct(self._of.priority, {"status": status, **self._of.where})
        return sorted({0, *(value for value in known if isinstance(value, int))}, reverse=True)

    def _lane_values(self, collection: "Collection[Document]", status: str, priority: int) -> list[Any]:
        among = {"status": status, **self._of.where}
        if self._of.priority is not None:
            among[self._of.priority] = priority or None
        if self._of.lane is None:
            return [None] if collection.find_one(among, {"_id": 1}) else []
        return [value for value in collection.distinct(self._of.lane, among) if is_lane(value)]

    def overdue(self) -> dict[str, float]:
        """The earliest due time of each lane, by the index that reservations follow."""
        found = {"due": 0.0, "lease": 0.0}
        statuses = (("due", self._of.pending), ("lease", self._of.processing))
        with reachable():
            now = self._clock.now()
            for lane in self.lanes():
                for name, status in statuses:
                    passed = {"status": status, "due_at": {"$lte": now}}
                    for row in self._find(lane, passed, 1, {"due_at": 1}):
                        found[name] = max(found[name], (now - row["due_at"]).total_seconds())
        return found

    def late(self, limit: int) -> list[Late]:
        """The first entries of each open lane in that index."""
        found: list[Late] = []
        with reachable():
            now = self._clock.now()
            for lane in self.lanes()[:LANES_LOOKED_AT]:
                for status in (self._of.pending, self._of.processing):
                    passed = {"status": status, "due_at": {"$lte": now}}
                    for row in self._find(lane, passed, limit, {"due_at": 1}):
                        seconds = (now - row["due_at"]).total_seconds()
                        leased = status == self._of.processing
                        found.append(Late(lane, to_message(row["_id"]), seconds, leased))
        return sorted(found, key=lambda row: -row.seconds)[:limit]

    def in_flight(self, lanes: Sequence[Lane]) -> dict[Lane, int]:
        """Counts entries of a partial index that holds only what is in flight."""
        with reachable():
            held = {"lease_token": {"$exists": True}, "due_at": {"$gt": self._clock.now()}}
            return {
                lane: self._collection(lane.address).count_documents({**self._of.matching(lane), **held})
                for lane in lanes
            }

    def processing(self) -> int:
        """Counts entries of the same partial index."""
        count = 0
        with reachable():
            addresses = list(self._collections())
        for address in addresses:
            held = {"lease_token": {"$exists": True}, "due_at": {"$gt": self._clock.now()}}
            leased = {**self._of.where, "status": self._of.processing, **held}
            with self._left_out(address), reachable():
                count += self._collection(address).count_documents(leased)
        return count

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
        """One update that takes the new ones, which start afresh, one the other free ones; then which they
        were.
        """
        ids = [from_message(row_id) for row_id in row_ids]
        token = uuid4().hex
        collection = self._collection(address)
        free = {"_id": {"$in": ids}, "status": self._of.pending, "lease_token": None}
        with reachable():
            held = {"lease_token": token, "due_at": self._later(seconds)}
            collection.update_many(
                {**free, "due_at": None},
                {"$set": {**FRESH, **held}, "$unset": {"first_attempt_at": "", **NO_ERROR}},
            )
            collection.update_many(free, {"$set": held})
            rows = list(collection.find({"_id": {"$in": ids}, "lease_token": token}, self._read))
        return [self._reserved(address, row, token) for row in rows]

    def reservation(self, seconds: float) -> Document:
        """The fields that make rows reserved from their insertion on; `lease_token` is their token."""
        return {**FRESH, "lease_token": uuid4().hex, "due_at": self._later(seconds)}

    def _vanished(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        passed = {"status": self._of.processing, "due_at": {"$lte": self._clock.now()}}
        rows = self._find(lane, passed, limit)
        hopeless = [row["_id"] for row in rows if whole(row, "lost") + 1 >= LOST_FOR_GOOD]
        given_up = 0
        if hopeless:
            ended = self._collection(lane.address).update_many(
                {"_id": {"$in": hopeless}, **passed},
                {
                    "$set": {
                        **self._of.stamped(self._of.failed),
                        "error_class": WORKER_LOST,
                        "error": WORKER_LOST_MESSAGE,
                    },
                    "$inc": {"lost": 1},
                    "$unset": LET_GO,
                },
            )
            given_up = ended.modified_count
        rows = [row for row in rows if whole(row, "lost") + 1 < LOST_FOR_GOOD]
        taken = self._take(
            lane, rows, passed, seconds, {"$inc": {"lost": 1}}, self._of.stamped(self._of.pending), lost=1
        )
        if taken or given_up:
            self.on_lost(fates([row.lost for row in taken], given_up))
        return taken

    def _due(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        due = {"status": self._of.pending, "due_at": {"$lte": self._clock.now()}}
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
                held, {"$set": {"due_at": self._later(seconds)}}, projection=self._read
            )
            if found is not None:
                reserved.append(self._reserved(lane.address, found, found["lease_token"]))
        return reserved

    def _new(self, lane: Lane, limit: int, seconds: float) -> list[Reserved]:
        new: Document = {"status": self._of.pending, "due_at": None}
        rows = [{**row, "lost": 0} for row in self._find(lane, new, limit)]
        return self._take(lane, rows, new, seconds, {"$unset": {"first_attempt_at": "", **NO_ERROR}}, FRESH)

    def _find(
        self, lane: Lane, filter_: Mapping[str, Any], limit: int, read: Mapping[str, int] | None = None
    ) -> list[Document]:
        cursor = (
            self._collection(lane.address)
            .find({**filter_, **self._of.matching(lane)}, read or self._read)
            .limit(limit)
        )
        order = self._of.order if filter_["due_at"] is None and self._of.order else "due_at"
        return list(cursor.sort(order, ASCENDING))

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
        try:
            result = collection.update_many(
                {"_id": {"$in": ids}, **filter_}, {**(change or {}), "$set": held}
            )
        except WriteError as fault:
            if is_passing(fault):
                raise
            return self._take_singly(lane, rows, filter_, seconds, change, fields, lost, fault)
        if result.modified_count < len(ids):
            ours = {
                row["_id"] for row in collection.find({"_id": {"$in": ids}, "lease_token": token}, {"_id": 1})
            }
            rows = [row for row in rows if row["_id"] in ours]
        return [self._reserved(lane.address, row, token, lost) for row in rows]

    def _take_singly(
        self,
        lane: Lane,
        rows: Sequence[Document],
        filter_: Mapping[str, Any],
        seconds: float,
        change: Mapping[str, Any] | None,
        fields: Mapping[str, Any] | None,
        lost: int,
        fault: WriteError,
    ) -> list[Reserved]:
        """One odd document among them, as with a text for a number, keeps none of the others back."""
        if len(rows) == 1:
            where = f"{'.'.join(lane.address)}, document {to_message(rows[0]['_id'])}"
            self._leave_out(where, str(fault))
            return []
        return [
            one for row in rows for one in self._take(lane, [row], filter_, seconds, change, fields, lost)
        ]

    @property
    def _read(self) -> dict[str, int]:
        return {"lost": 1, "lease_token": 1, **({self._of.priority: 1} if self._of.priority else {})}

    def _reserved(self, address: Address, row: Document, token: str, lost: int = 0) -> Reserved:
        priority = row.get(self._of.priority) if self._of.priority else 0
        return Reserved(address, to_message(row["_id"]), token, whole(row, "lost") + lost, priority or 0)

    def requeue(self, lanes: Sequence[Lane], seconds: float) -> int:
        """One update for each lane over what is in flight of it."""
        requeued = 0
        with reachable():
            now = self._clock.now()
            for lane in lanes:
                held = {
                    **self._of.matching(lane),
                    "lease_token": {"$exists": True},
                    "status": self._of.pending,
                    "lost": {"$lt": LOST_TO_QUARANTINE},
                }
                ends = {"due_at": {"$gt": now, "$lte": now + timedelta(seconds=seconds)}}
                requeued += (
                    self._collection(lane.address)
                    .update_many({**held, **ends}, {"$set": {"due_at": now}})
                    .modified_count
                )
        return requeued

    def end_leases_of_the_gone(self, lanes: Sequence[Lane]) -> int:
        """Two steps for each lane over what is in flight of it."""
        if not owner.place():
            return 0
        ended = 0
        with reachable():
            now = self._clock.now()
            for lane in lanes:
                held = {**self._of.matching(lane), "status": self._of.processing, "due_at": {"$gt": now}}
                collection = self._collection(lane.address)
                ours = {**held, "lease_token": {"$exists": True, "$regex": f"^{owner.place()}"}}
                tokens = {row["lease_token"] for row in collection.find(ours, {"lease_token": 1})}
                gone = sorted(token for token in tokens if owner.is_gone(token[: owner.OWNER]))
                if gone:
                    of_the_gone = {**held, "lease_token": {"$in": gone}}
                    ended += collection.update_many(of_the_gone, {"$set": {"due_at": now}}).modified_count
        return ended

"""The owner's side of a collection: claims, leases, outcomes and the effects that follow them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
from bson.decimal128 import Decimal128
from bson.errors import InvalidBSON, InvalidDocument, InvalidStringData
from pymongo import ReturnDocument
from pymongo.errors import DocumentTooLarge, OperationFailure

from ai_worker.engine.contract.owner import new_token
from ai_worker.engine.contract.row import Address, Claim, Effect, Lane, Outstanding, RowId
from ai_worker.engine.contract.source import EFFECT_SECONDS
from ai_worker.engine.sources.collection_rows import LET_GO, NO_ERROR, CollectionRows, whole
from ai_worker.engine.sources.row_ids import from_message, to_message
from ai_worker.errors import NotStorable, StoreUnavailable, WorkError
from ai_worker.stores.mongo import Document, is_passing, reachable
from ai_worker.stores.mysql import Statement

REFUSED = (
    *(DocumentTooLarge, OperationFailure, InvalidDocument, InvalidStringData, InvalidBSON),
    *(OverflowError, UnicodeEncodeError, TypeError, RecursionError),
)
"""A value that BSON, MongoDB or the collection's own validator does not take."""
LARGEST_DOCUMENT = 16 * 1024 * 1024


class CollectionOwning(CollectionRows):
    """Claims documents and writes their outcomes. See `Source` for what each method promises."""

    def claim(self, address: Address, row_id: RowId, token: str, seconds: float) -> Claim | None:
        """One `find_one_and_update` that names the reservation's token and leaves one of the claim's own, so
        that an owner of a row that was reset and claimed again cannot pass for the new one.
        """
        identity = (address, str(row_id), token)
        mine = self._unsure_claims.get(identity) or new_token()
        try:
            claim = self._claimed(address, row_id, mine, seconds) if identity in self._unsure_claims else None
            claim = claim or self._claim(address, row_id, token, mine, seconds)
        except StoreUnavailable:
            # It may have been carried out and its reply lost: the next try looks for its own token.
            self._unsure_claims[identity] = mine
            raise
        self._unsure_claims.pop(identity, None)
        return claim

    def _claimed(self, address: Address, row_id: RowId, mine: str, seconds: float) -> Claim | None:
        """The row that an earlier try has claimed. Of two messages for one row only one finds it: it changes
        the token.
        """
        renewed, now = new_token(), self._clock.now()
        with reachable():
            document = self._collection(address).find_one_and_update(
                {"_id": from_message(row_id), "status": self._of.processing, "lease_token": mine},
                {"$set": {"lease_token": renewed, "due_at": now + timedelta(seconds=seconds)}},
                return_document=ReturnDocument.AFTER,
            )
        return None if document is None else _claim_of(address, row_id, renewed, document, now)

    def _claim(self, address: Address, row_id: RowId, token: str, mine: str, seconds: float) -> Claim | None:
        now = self._clock.now()
        held = {"lease_token": mine, "due_at": now + timedelta(seconds=seconds)}
        change: Document = {"$set": {**self._of.stamped(self._of.processing), **held}}
        if self._of.claims:
            change["$inc"] = {self._of.claims: 1}
        with reachable():
            document = self._collection(address).find_one_and_update(
                {"_id": from_message(row_id), "status": self._of.pending, "lease_token": token},
                change,
                return_document=ReturnDocument.AFTER,
            )
        return None if document is None else _claim_of(address, row_id, mine, document, now)

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
                        "status": self._of.processing,
                        "lease_token": {"$in": sorted({claim.token for claim in held})},
                    },
                    {"$set": {"due_at": self._later(seconds)}},
                )
                renewed += result.matched_count
        return renewed

    def checkpoint(self, claim: Claim, steps: Mapping[str, Any]) -> bool:
        """One fenced update of the field `checkpoints`."""
        return self._end(claim, {"checkpoints": dict(steps)}, {})

    def finish(
        self,
        claim: Claim,
        fields: Mapping[str, Any],
        also: Sequence[Statement] = (),
        effects: Sequence[Effect] = (),
    ) -> bool:
        """Result, status and effects in one fenced update. There is nothing to commit with it."""
        if also:
            raise ValueError("a collection of MongoDB takes no statements")
        outbox: Document = {}
        if effects:
            listed = [{"name": effect.name, "payload": dict(effect.payload)} for effect in effects]
            outbox = {
                "outbox": {"id": claim.token, "effects": listed},
                "outbox_at": self._later(EFFECT_SECONDS),
            }
        unset = {**LET_GO, **NO_ERROR, "checkpoints": ""}
        return self._end(claim, {**self._of.stamped(self._of.completed), **fields, **outbox}, unset)

    def fail(self, claim: Claim, error: WorkError) -> bool:
        """The attempt that gave the row up is counted with the others."""
        return self._end(claim, {**self._of.stamped(self._of.failed), **_outcome(claim, error)}, LET_GO)

    def give_back(self, claim: Claim, error: WorkError, seconds: float) -> bool:
        """Pending again, without a token, due by the server's clock. The first to do so notes when the row's
        age began.
        """
        began = claim.fields.get("first_attempt_at") or self._later(-claim.age_seconds)
        waits = {"due_at": self._later(seconds), "first_attempt_at": began}
        fields = {**self._of.stamped(self._of.pending), **waits, **_outcome(claim, error)}
        return self._end(claim, fields, {"lease_token": ""})

    def _end(self, claim: Claim, fields: Mapping[str, Any], unset: Mapping[str, Any]) -> bool:
        fence = {"_id": from_message(claim.row_id), "status": self._of.processing, "lease_token": claim.token}
        stored = _storable(fields)
        change = {"$set": stored, **({"$unset": dict(unset)} if unset else {})}
        identity = (claim.address, str(claim.row_id), claim.token)
        try:
            with reachable(), _storable_or_refused(stored):
                result = self._collection(claim.address).update_one(fence, change)
            held = result.matched_count == 1 or (
                identity in self._unsure_writes and self._stands(claim, stored)
            )
        except StoreUnavailable:
            self._unsure_writes.add(identity)
            raise
        self._unsure_writes.discard(identity)
        return held

    def _stands(self, claim: Claim, fields: Mapping[str, Any]) -> bool:
        """True if the document holds these values: an earlier try wrote them, and its reply was lost."""
        plain = {
            name: value for name, value in fields.items() if isinstance(value, (str, int)) or value is None
        }
        same = {"_id": from_message(claim.row_id), "lease_token": None, **plain}
        with reachable():
            return self._collection(claim.address).find_one(same, {"_id": 1}) is not None

    def outstanding(self, limit: int) -> list[Outstanding]:
        """A sparse index holds only documents that have effects left."""
        found: list[Outstanding] = []
        with reachable():
            addresses = list(self._collections())
        for address in addresses:
            if len(found) >= limit:
                break
            late = {"outbox_at": {"$lte": self._clock.now()}, **self._of.where}
            with self._left_out(address), reachable():
                rows = self._collection(address).find(late, {"outbox": 1}).limit(limit - len(found))
                found += [_outstanding(address, row) for row in rows]
        return found

    def clear_effects(self, done: Outstanding) -> None:
        """One update that names the claim whose effects they were."""
        self._change_outbox(done, {"$unset": {"outbox": "", "outbox_at": ""}})

    def postpone_effects(self, failed: Outstanding, seconds: float) -> None:
        """One update that names the claim whose effects they are."""
        self._change_outbox(failed, {"$set": {"outbox_at": self._later(seconds)}})

    def _change_outbox(self, of: Outstanding, change: Document) -> None:
        with reachable():
            self._collection(of.address).update_one(
                {"_id": from_message(of.row_id), "outbox.id": of.id}, change
            )

    def give_up_open(self, lanes: Sequence[Lane], error: WorkError) -> int:
        """One update for each lane and status. Owners of these rows meet their fence."""
        why = {"error_class": error.error_class, "error": str(error)}
        given_up = {"$set": {**self._of.stamped(self._of.failed), **why}, "$unset": LET_GO}
        rows = 0
        with reachable():
            for lane in lanes:
                for status in (self._of.pending, self._of.processing):
                    open_ = {**self._of.matching(lane), "status": status}
                    rows += self._collection(lane.address).update_many(open_, given_up).modified_count
        return rows

    def reset_failed(self, lanes: Sequence[Lane], error_class: str | None = None) -> int:
        """One update for each lane."""
        chosen = {} if error_class is None else {"error_class": error_class}
        fresh = {"$set": self._of.stamped(self._of.pending), "$unset": {**LET_GO, **NO_ERROR}}
        reset = 0
        with reachable():
            for lane in lanes:
                failed = {**self._of.matching(lane), "status": self._of.failed, **chosen}
                reset += self._collection(lane.address).update_many(failed, fresh).modified_count
        return reset


@contextmanager
def _storable_or_refused(fields: Mapping[str, Any]) -> Iterator[None]:
    """Turn what MongoDB and its driver refuse to store into NotStorable, without the values."""
    try:
        yield
    except REFUSED as fault:
        if isinstance(fault, OperationFailure) and is_passing(fault):
            raise
        reason = "it is larger than 16 MB" if isinstance(fault, DocumentTooLarge) else type(fault).__name__
        where = ", ".join(_refused_fields(fields)) or "one of its fields"
        raise NotStorable(f"MongoDB refuses the result ({where}): {reason}") from None


def _refused_fields(fields: Mapping[str, Any]) -> list[str]:
    """The fields that BSON cannot carry, or that are too large by themselves."""
    refused = []
    for name, value in fields.items():
        try:
            if len(bson.encode({name: value})) > LARGEST_DOCUMENT:
                refused.append(f"field {name}")
        except REFUSED:
            refused.append(f"field {name}")
    return refused


def _claim_of(address: Address, row_id: RowId, token: str, document: Document, now: datetime) -> Claim:
    began = document.get("first_attempt_at")
    age = (now - began).total_seconds() if isinstance(began, datetime) else 0.0
    return Claim(address, row_id, token, whole(document, "attempts"), age, document)


def _storable(fields: Mapping[str, Any]) -> Document:
    """The fields as BSON takes them: money is Decimal in our code and Decimal128 there."""
    return {
        name: Decimal128(value) if isinstance(value, Decimal) else value for name, value in fields.items()
    }


def _outstanding(address: Address, row: Document) -> Outstanding:
    effects = [Effect(effect["name"], effect["payload"]) for effect in row["outbox"]["effects"]]
    return Outstanding(row["outbox"]["id"], address, to_message(row["_id"]), effects)


def _outcome(claim: Claim, error: WorkError) -> Document:
    attempts = claim.attempts + (1 if error.uses_attempt else 0)
    return {**error.record, "attempts": attempts, "error_class": error.error_class, "error": str(error)}

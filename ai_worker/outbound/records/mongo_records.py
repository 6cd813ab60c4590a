"""History and ledger in MongoDB: collections `api_requests_history` and `budget_ledger` of the database whose
rows are asked about.

Money is kept in whole hundred-millionths, so that `$inc` is exact. An account is one document, so each
posting is one atomic update: `committed` is what is spent and reserved together, `holdings` what each process
has reserved of it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

from bson.decimal128 import Decimal128
from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient, UpdateOne
from pymongo.errors import DuplicateKeyError, OperationFailure

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.records.contract import HISTORY, LEDGER, POST_TRIES, Balance, Entry, Posting
from ai_worker.settings import settings
from ai_worker.stores.mongo import Document, StoreClock, mongo, reachable

UNIT = Decimal("0.00000001")
RETENTION = "ai_worker_retention"
INDEXES = [
    IndexModel(
        [("pipeline", ASCENDING), ("row_id", ASCENDING), ("created_at", ASCENDING)], name="ai_worker_row"
    ),
    IndexModel([("operation_uuid", ASCENDING), ("created_at", ASCENDING)], name="ai_worker_operation"),
]
_DAY_SECONDS = 24 * 3600
_INDEX_DIFFERS = {85, 86}


class MongoRecords:
    """See `Records` for what each method promises.

    Args:
        database: its name.
        history_days: after which MongoDB itself removes an entry.
    """

    def __init__(self, client: "MongoClient[Document]", database: str, history_days: int) -> None:
        self._database = client[database]
        self._days = history_days
        self._clock = StoreClock(client)
        self._indexed = False

    def write_history(self, entries: Sequence[Entry]) -> None:
        """One bulk write of upserts; the index on `created_at` has MongoDB remove old entries."""
        now = self._clock.now()
        with reachable():
            self._ensure_indexes()
            self._database[HISTORY].bulk_write([_upsert(entry, now) for entry in entries], ordered=False)

    def find_history(
        self, pipeline: str, row: str | None, operation: str | None, limit: int
    ) -> list[Document]:
        """By the index on pipeline and row, or on the operation."""
        wanted = (
            {"operation_uuid": operation} if operation is not None else {"pipeline": pipeline, "row_id": row}
        )
        with reachable():
            found = list(self._database[HISTORY].find(wanted).sort("created_at", DESCENDING).limit(limit))
        return [
            {**entry, "request_id": entry["_id"], "cost": _money(entry.get("cost"))}
            for entry in reversed(found)
        ]

    def _ensure_indexes(self) -> None:
        if self._indexed:
            return
        self._database[HISTORY].create_indexes(INDEXES)
        seconds = self._days * _DAY_SECONDS
        try:
            self._database[HISTORY].create_index("created_at", name=RETENTION, expireAfterSeconds=seconds)
        except OperationFailure as fault:
            if fault.code not in _INDEX_DIFFERS:
                raise
            # HISTORY_DAYS was changed.
            self._database.command(
                "collMod", HISTORY, index={"name": RETENTION, "expireAfterSeconds": seconds}
            )
        self._indexed = True

    def now(self) -> datetime:
        """The server's time."""
        return self._clock.now()

    def post(self, posting: Posting) -> bool:
        """One update of the account's document, which names the number of the owner's posting before."""
        ledger, holding = self._database[LEDGER], f"holdings.{posting.owner}"
        with reachable():
            for _ in range(POST_TRIES):
                if ledger.update_one(
                    _condition(posting, holding), self._change(posting, holding)
                ).matched_count:
                    return True
                account = ledger.find_one({"_id": posting.scope}, {"holdings": 1})
                found = account and account["holdings"].get(posting.owner)
                if found:
                    return bool(found["number"] == posting.number)
                self._open(posting, holding, exists=account is not None)
        raise StoreUnavailable(f"{LEDGER}: {posting.scope}: the account does not stay open")

    def _change(self, posting: Posting, holding: str) -> Document:
        spent, change = _units(posting.spent), _units(posting.change)
        share = {"amount": _units(posting.held), "number": posting.number, "until": self._later(posting)}
        limit = {} if posting.limit is None else {"limit": _units(posting.limit)}
        return {
            "$inc": {"committed": spent + change, "spent": spent},
            "$set": {"call_amount": _units(posting.call_amount), holding: share, **limit},
        }

    def _open(self, posting: Posting, holding: str, *, exists: bool) -> None:
        """The owner's share, at its first posting, or where it was thought killed and given back: what it
        holds counts again.
        """
        ledger = self._database[LEDGER]
        if not exists:
            with suppress(DuplicateKeyError):  # another process was first
                ledger.insert_one(
                    {"_id": posting.scope, "committed": 0, "spent": 0, "call_amount": 0, "holdings": {}}
                )
        before = _units(posting.held - posting.change)
        share = {"amount": before, "number": posting.number - 1, "until": self._later(posting)}
        ledger.update_one(
            {"_id": posting.scope, holding: {"$exists": False}},
            {"$inc": {"committed": before}, "$set": {holding: share}},
        )

    def _later(self, posting: Posting) -> datetime:
        return self._clock.now() + timedelta(seconds=posting.seconds)

    def balances(self, scopes: Sequence[str]) -> dict[str, Balance]:
        """One query, and another if a reservation has expired."""
        found = self._accounts(scopes)
        if self._give_back_expired(found):
            found = self._accounts(scopes)
        return {
            account["_id"]: Balance(
                account["spent"] * UNIT,
                (account["committed"] - account["spent"]) * UNIT,
                account["call_amount"] * UNIT,
            )
            for account in found
        }

    def _accounts(self, scopes: Sequence[str]) -> list[Document]:
        with reachable():
            return list(self._database[LEDGER].find({"_id": {"$in": list(scopes)}}))

    def _give_back_expired(self, accounts: Iterable[Document]) -> int:
        now, given_back = self._clock.now(), 0
        for account in accounts:
            for owner, share in account["holdings"].items():
                if share["until"] < now:
                    holding = f"holdings.{owner}"
                    with reachable():
                        given_back += (
                            self._database[LEDGER]
                            .update_one(
                                {
                                    "_id": account["_id"],
                                    f"{holding}.number": share["number"],
                                    f"{holding}.until": share["until"],
                                },
                                {"$inc": {"committed": -share["amount"]}, "$unset": {holding: ""}},
                            )
                            .matched_count
                        )
        return given_back


def _upsert(entry: Entry, now: datetime) -> UpdateOne:
    found: dict[str, Any] = entry._asdict()
    found["cost"] = None if entry.cost is None else Decimal128(entry.cost)
    return UpdateOne(
        {"_id": found.pop("request_id")}, {"$set": found, "$setOnInsert": {"created_at": now}}, upsert=True
    )


def _condition(posting: Posting, holding: str) -> Document:
    condition: Document = {"_id": posting.scope, f"{holding}.number": posting.number - 1}
    if posting.limit is not None:
        condition["committed"] = {
            "$lte": _units(posting.limit) - _units(posting.spent) - _units(posting.change)
        }
    return condition


def _units(amount: Decimal) -> int:
    return int((amount / UNIT).to_integral_value(ROUND_CEILING))


def _money(cost: object) -> Decimal | None:
    return cost.to_decimal() if isinstance(cost, Decimal128) else None


@lru_cache(maxsize=256)
def _books_of(client: "MongoClient[Document]", database: str) -> MongoRecords:
    return MongoRecords(client, database, settings().history_days)


def mongo_records(database: str) -> MongoRecords:
    """The records of the rows in a database."""
    return _books_of(mongo(), database)

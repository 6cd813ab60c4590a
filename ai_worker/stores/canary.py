"""Canary rows: one for each queue, in the store that the queue's rows live in. All times are the store's own."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from pymongo import MongoClient

from ai_worker.stores.mongo import Document, StoreClock, reachable
from ai_worker.stores.mysql import MySQLPool

COLLECTION = "ai_worker_canary"


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a queue's workers.

    Args:
        unanswered: seconds since the oldest canary that nobody has answered; 0 where all are answered.
        unreleased: seconds since anybody released one.
    """

    unanswered: float
    unreleased: float


class Canaries(Protocol):
    """Where canary rows are kept. Raises StoreUnavailable when the store is away."""

    def release(self, queue: str) -> None:
        """Note that a canary is on its way; the time of one that is still unanswered stays."""
        ...

    def answer(self, queue: str) -> None:
        """Note that it came through."""
        ...

    def heard(self, queue: str) -> Heard | None:
        """None where no canary was ever released."""
        ...


class CanaryTable:
    """Canaries in MySQL."""

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def release(self, queue: str) -> None:
        """See `Canaries`."""
        self._pool.execute(
            "INSERT INTO canary (queue, released_at, asked_at) VALUES (%s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE "
            "asked_at = IF(answered_at >= asked_at, UTC_TIMESTAMP(6), asked_at), released_at = UTC_TIMESTAMP(6)",
            (queue,),
        )

    def answer(self, queue: str) -> None:
        """See `Canaries`."""
        self._pool.execute("UPDATE canary SET answered_at = UTC_TIMESTAMP(6) WHERE queue = %s", (queue,))

    def heard(self, queue: str) -> Heard | None:
        """See `Canaries`."""
        rows = self._pool.query(
            "SELECT IF(answered_at >= asked_at, 0, TIMESTAMPDIFF(MICROSECOND, asked_at, UTC_TIMESTAMP(6)) / 1e6) AS unanswered, "
            "TIMESTAMPDIFF(MICROSECOND, released_at, UTC_TIMESTAMP(6)) / 1e6 AS unreleased FROM canary WHERE queue = %s",
            (queue,),
        )
        return Heard(float(rows[0]["unanswered"]), float(rows[0]["unreleased"])) if rows else None


class CanaryCollection:
    """Canaries in MongoDB.

    Args:
        database: where their collection is.
    """

    def __init__(self, client: "MongoClient[Document]", database: str) -> None:
        self._rows = client[database][COLLECTION]
        self._clock = StoreClock(client)

    def release(self, queue: str) -> None:
        """See `Canaries`."""
        with reachable():
            now = self._clock.now()
            known = self._rows.find_one({"_id": queue})
            waiting = known is not None and not _answered(known)
            asked = known["asked_at"] if known is not None and waiting else now
            self._rows.update_one({"_id": queue}, {"$set": {"released_at": now, "asked_at": asked}}, upsert=True)

    def answer(self, queue: str) -> None:
        """See `Canaries`."""
        with reachable():
            self._rows.update_one({"_id": queue}, {"$set": {"answered_at": self._clock.now()}})

    def heard(self, queue: str) -> Heard | None:
        """See `Canaries`."""
        with reachable():
            row, now = self._rows.find_one({"_id": queue}), self._clock.now()
        if row is None:
            return None
        unanswered = timedelta() if _answered(row) else now - row["asked_at"]
        return Heard(unanswered.total_seconds(), (now - row["released_at"]).total_seconds())


def _answered(row: Document) -> bool:
    return bool(row.get("answered_at") and row["answered_at"] >= row["asked_at"])

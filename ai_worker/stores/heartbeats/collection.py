"""Heartbeat rows in MongoDB."""

from datetime import timedelta

from pymongo import MongoClient

from ai_worker.stores.heartbeats.contract import Heard
from ai_worker.stores.mongo import Document, StoreClock, reachable

COLLECTION = "ai_worker_heartbeat"


class HeartbeatCollection:
    """One document for each queue.

    Args:
        database: where their collection is.
    """

    def __init__(self, client: "MongoClient[Document]", database: str) -> None:
        self._rows = client[database][COLLECTION]
        self._clock = StoreClock(client)

    def release(self, queue: str) -> None:
        """See `Heartbeats`."""
        with reachable():
            now = self._clock.now()
            known = self._rows.find_one({"_id": queue})
            waiting = known is not None and not _answered(known)
            asked = known["asked_at"] if known is not None and waiting else now
            self._rows.update_one(
                {"_id": queue}, {"$set": {"released_at": now, "asked_at": asked}}, upsert=True
            )

    def answer(self, queue: str) -> None:
        """See `Heartbeats`."""
        with reachable():
            self._rows.update_one({"_id": queue}, {"$set": {"answered_at": self._clock.now()}})

    def heard(self, queue: str) -> Heard | None:
        """See `Heartbeats`."""
        with reachable():
            row, now = self._rows.find_one({"_id": queue}), self._clock.now()
        if row is None:
            return None
        unanswered = timedelta() if _answered(row) else now - row["asked_at"]
        return Heard(unanswered.total_seconds(), (now - row["released_at"]).total_seconds())


def _answered(row: Document) -> bool:
    return bool(row.get("answered_at") and row["answered_at"] >= row["asked_at"])

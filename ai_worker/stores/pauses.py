"""Pauses of groups that have no table of their own: one row for each, in the store of their pipeline."""

from collections.abc import Mapping
from typing import Protocol

from pymongo import MongoClient

from ai_worker.stores.mongo import Document, reachable
from ai_worker.stores.mysql import MySQLPool

COLLECTION = "ai_worker_pauses"


class Pauses(Protocol):
    """Paused groups by name, each with its reason. Raises StoreUnavailable when the store is away."""

    def all(self, pipeline: str) -> Mapping[str, str]:
        """The reasons of the pipeline's paused groups."""
        ...

    def set(self, pipeline: str, group: str, reason: str) -> None:
        """Pause a group, or give its pause another reason."""
        ...

    def clear(self, pipeline: str, group: str) -> bool:
        """Resume a group. False: it was not paused."""
        ...


class PauseTable:
    """Pauses in MySQL."""

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def all(self, pipeline: str) -> dict[str, str]:
        """See `Pauses`."""
        rows = self._pool.query(
            "SELECT group_name, reason FROM pipeline_pause WHERE pipeline = %s", (pipeline,)
        )
        return {row["group_name"]: row["reason"] for row in rows}

    def set(self, pipeline: str, group: str, reason: str) -> None:
        """See `Pauses`."""
        sql = (
            "INSERT INTO pipeline_pause (pipeline, group_name, reason, paused_at) "
            "VALUES (%s, %s, %s, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE reason = VALUES(reason)"
        )
        self._pool.execute(sql, (pipeline, group, reason))

    def clear(self, pipeline: str, group: str) -> bool:
        """See `Pauses`."""
        sql = "DELETE FROM pipeline_pause WHERE pipeline = %s AND group_name = %s"
        return self._pool.execute(sql, (pipeline, group)) == 1


class PauseCollection:
    """Pauses in MongoDB.

    Args:
        database: where their collection is.
    """

    def __init__(self, client: "MongoClient[Document]", database: str) -> None:
        self._rows = client[database][COLLECTION]

    def all(self, pipeline: str) -> dict[str, str]:
        """See `Pauses`."""
        with reachable():
            return {row["group"]: row["reason"] for row in self._rows.find({"pipeline": pipeline})}

    def set(self, pipeline: str, group: str, reason: str) -> None:
        """See `Pauses`."""
        fields = {"pipeline": pipeline, "group": group, "reason": reason}
        with reachable():
            self._rows.update_one({"_id": f"{pipeline}/{group}"}, {"$set": fields}, upsert=True)

    def clear(self, pipeline: str, group: str) -> bool:
        """See `Pauses`."""
        with reachable():
            return self._rows.delete_one({"_id": f"{pipeline}/{group}"}).deleted_count == 1

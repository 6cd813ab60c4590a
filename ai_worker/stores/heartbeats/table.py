"""Heartbeat rows in MySQL."""

from ai_worker.stores.heartbeats.contract import Heard
from ai_worker.stores.mysql import MySQLPool


class HeartbeatTable:
    """One row for each queue."""

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def release(self, queue: str) -> None:
        """See `Heartbeats`."""
        self._pool.execute(
            "INSERT INTO heartbeat (queue, released_at, asked_at) VALUES (%s, UTC_TIMESTAMP(6), "
            "UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE "
            "asked_at = IF(answered_at >= asked_at, UTC_TIMESTAMP(6), asked_at), released_at = "
            "UTC_TIMESTAMP(6)",
            (queue,),
        )

    def answer(self, queue: str) -> None:
        """See `Heartbeats`."""
        self._pool.execute("UPDATE heartbeat SET answered_at = UTC_TIMESTAMP(6) WHERE queue = %s", (queue,))

    def heard(self, queue: str) -> Heard | None:
        """See `Heartbeats`."""
        rows = self._pool.query(
            "SELECT IF(answered_at >= asked_at, 0, TIMESTAMPDIFF(MICROSECOND, asked_at, "
            "UTC_TIMESTAMP(6)) / 1e6) AS unanswered, "
            "TIMESTAMPDIFF(MICROSECOND, released_at, UTC_TIMESTAMP(6)) / 1e6 AS unreleased FROM "
            "heartbeat WHERE queue = %s",
            (queue,),
        )
        return Heard(float(rows[0]["unanswered"]), float(rows[0]["unreleased"])) if rows else None

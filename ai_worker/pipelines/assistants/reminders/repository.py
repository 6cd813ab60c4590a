"""Every statement about reminders."""

from datetime import UTC, datetime
from typing import Any

from ai_worker.pipelines.assistants.tools.contract import NewReminder
from ai_worker.stores.mysql import MySQLDatabase, Row

_REMINDERS = (
    "SELECT id, user_id, assistant_id, message, status, trigger_at, time_zone, first_local, rule, delivered,"
    " reply_shape FROM assistant_reminder"
)


def insert(database: MySQLDatabase, new: NewReminder, reply_shape: str) -> None:
    """Add a reminder; one of the same id is there already."""
    database.execute(
        "INSERT IGNORE INTO assistant_reminder (id, user_id, assistant_id, message, trigger_at, time_zone,"
        " first_local, rule, reply_shape, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(6))",
        (
            new.id,
            new.user_id,
            new.assistant_id,
            new.message,
            _naive(new.trigger_at),
            new.time_zone,
            new.first_local,
            new.rule,
            reply_shape,
        ),
    )


def has(database: MySQLDatabase, id_: str) -> bool:
    """Return True when there is a reminder of this id."""
    return bool(database.query("SELECT 1 AS found FROM assistant_reminder WHERE id = %s", (id_,)))


def due(database: MySQLDatabase, limit: int) -> list[Row]:
    """Reminders whose time has come, locked; those that another process delivers are skipped."""
    return database.query(
        f"{_REMINDERS} WHERE status = 'active' AND trigger_at <= UTC_TIMESTAMP(6)"
        " ORDER BY trigger_at, id LIMIT %s FOR UPDATE SKIP LOCKED",
        (limit,),
    )


def delivered(database: MySQLDatabase, id_: str, next_at: datetime | None) -> None:
    """Count a delivery, and set the next time; without one the reminder is completed."""
    status = "active" if next_at else "completed"
    database.execute(
        "UPDATE assistant_reminder SET delivered = delivered + 1, status = %s,"
        " trigger_at = COALESCE(%s, trigger_at) WHERE id = %s",
        (status, _naive(next_at) if next_at else None, id_),
    )


def of_user(database: MySQLDatabase, user_id: str) -> list[dict[str, Any]]:
    """A user's reminders that are still to come, the next one first."""
    rows = database.query(
        f"{_REMINDERS} WHERE user_id = %s AND status = 'active' ORDER BY trigger_at, id",
        (user_id,),
    )
    return [{**row, "trigger_at": row["trigger_at"].replace(tzinfo=UTC)} for row in rows]


def cancel(database: MySQLDatabase, id_: str, user_id: str) -> bool:
    """Cancel a user's reminder; False where there is no active one of this id."""
    sql = (
        "UPDATE assistant_reminder SET status = 'cancelled'"
        " WHERE id = %s AND user_id = %s AND status = 'active'"
    )
    return bool(database.execute(sql, (id_, user_id)))


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)

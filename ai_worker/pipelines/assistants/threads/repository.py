"""Every statement about threads and messages, the engine's own aside."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pymysql
from pymysql.constants import ER

from ai_worker.pipelines.assistants.threads.statuses import MessageStatus
from ai_worker.stores.mysql import MySQLDatabase, Row

_THREADS = (
    "SELECT id, user_id, assistant_id, thread_id, last_used, created_at, updated_at"
    " FROM user_assistant_threads"
)
_MESSAGES = (
    "SELECT id_message, thread_id, assistant_id, user_id, source, text, status_id, response, config_version,"
    " model_name, stopped_by, tokens_input, tokens_output, cost, error_class, error, created_at,"
    " processed_at, checkpoints FROM assistant_message"
)
_OPEN = (MessageStatus.PENDING, MessageStatus.PROCESSING)
LATEST = 10_000
WAITING_LOOKED_AT = 1_000
_REPLIES = (
    "SELECT id_message, user_id, source, text, status_id, response, error, reply_shape FROM assistant_message"
)


def ensure_thread(database: MySQLDatabase, user_id: str, assistant_id: str, id_: str, thread_id: str) -> Row:
    """The thread of a user and an assistant, made under these ids where there is none; locked until the
    transaction ends.

    One statement: of many first messages at once one inserts, and the others find its row.
    """
    database.execute(
        "INSERT INTO user_assistant_threads"
        " (id, user_id, assistant_id, thread_id, last_used, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"
        " ON DUPLICATE KEY UPDATE last_used = UTC_TIMESTAMP(6), updated_at = UTC_TIMESTAMP(6)",
        (id_, user_id, assistant_id, thread_id),
    )
    found = database.query(f"{_THREADS} WHERE user_id = %s AND assistant_id = %s", (user_id, assistant_id))
    return _zoned(found[0])


def thread(database: MySQLDatabase, user_id: str, assistant_id: str) -> Row | None:
    """The thread of a user and an assistant."""
    sql = f"{_THREADS} WHERE user_id = %s AND assistant_id = %s"
    found = database.query(sql, (user_id, assistant_id))
    return _zoned(found[0]) if found else None


def thread_named(database: MySQLDatabase, thread_id: str) -> Row | None:
    """The thread of an id, of any user."""
    found = database.query(f"{_THREADS} WHERE thread_id = %s", (thread_id,))
    return _zoned(found[0]) if found else None


def assistants_of(database: MySQLDatabase, thread_ids: Sequence[str]) -> dict[str, str]:
    """The assistant of each thread that is there."""
    marks = ", ".join(["%s"] * len(thread_ids))
    sql = f"SELECT thread_id, assistant_id FROM user_assistant_threads WHERE thread_id IN ({marks})"
    return {row["thread_id"]: row["assistant_id"] for row in database.query(sql, thread_ids)}


def threads_of(database: MySQLDatabase, user_id: str, skip: int, limit: int) -> tuple[list[Row], int]:
    """A user's threads, the one used last first, and how many there are."""
    sql = f"{_THREADS} WHERE user_id = %s ORDER BY last_used DESC, id LIMIT %s OFFSET %s"
    rows = database.query(sql, (user_id, limit, skip))
    sql = "SELECT COUNT(*) AS total FROM user_assistant_threads WHERE user_id = %s"
    return [_zoned(row) for row in rows], int(database.query(sql, (user_id,))[0]["total"])


def insert_message(database: MySQLDatabase, values: Mapping[str, Any]) -> int | None:
    """Add a message; None where its `request_key` came before."""
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    try:
        return database.insert(
            f"INSERT INTO assistant_message ({names}, created_at) VALUES ({marks}, UTC_TIMESTAMP(6))",
            tuple(values.values()),
        )
    except pymysql.IntegrityError as fault:
        if fault.args[0] != ER.DUP_ENTRY:
            raise
        return None


def message_with_key(database: MySQLDatabase, request_key: str) -> Row | None:
    """The message that came with a key."""
    found = database.query(f"{_MESSAGES} WHERE request_key = %s", (request_key,))
    return _zoned(found[0]) if found else None


def message(database: MySQLDatabase, id_message: int) -> Row | None:
    """One message."""
    found = database.query(f"{_MESSAGES} WHERE id_message = %s", (id_message,))
    return _zoned(found[0]) if found else None


def messages_of(database: MySQLDatabase, thread_id: str, before: int | None, limit: int) -> list[Row]:
    """A thread's messages, the newest first."""
    condition, values = ("AND id_message < %s", [before]) if before else ("", [])
    rows = database.query(
        f"{_MESSAGES} WHERE thread_id = %s {condition} ORDER BY id_message DESC LIMIT %s",
        [thread_id, *values, limit],
    )
    return [_zoned(row) for row in rows]


def turns_before(database: MySQLDatabase, thread_id: str, id_message: int, limit: int) -> list[str]:
    """The turns of a thread's answered messages before one, the oldest of the newest `limit` first."""
    rows = database.query(
        "SELECT turn FROM assistant_message WHERE thread_id = %s AND status_id = %s AND id_message < %s"
        " AND turn IS NOT NULL ORDER BY id_message DESC LIMIT %s",
        (thread_id, MessageStatus.ANSWERED, id_message, limit),
    )
    return [str(row["turn"]) for row in reversed(rows)]


def turn_of(database: MySQLDatabase, assistant_id: str, id_message: int) -> str | None:
    """The turn of one answered message."""
    sql = "SELECT turn FROM assistant_message WHERE id_message = %s AND assistant_id = %s"
    found = database.query(sql, (id_message, assistant_id))
    return found[0]["turn"] if found else None


def assistants_waiting(database: MySQLDatabase) -> list[str]:
    """The assistants of some messages that are pending."""
    rows = database.query(
        "SELECT DISTINCT assistant_id FROM (SELECT assistant_id FROM assistant_message WHERE status_id = %s"
        " LIMIT %s) AS waiting",
        (MessageStatus.PENDING, WAITING_LOOKED_AT),
    )
    return [row["assistant_id"] for row in rows]


def counts_by_status(database: MySQLDatabase) -> dict[int, int]:
    """Messages by status: all open ones, and the final ones among the latest `LATEST`."""
    rows = database.query(
        "SELECT status_id, COUNT(*) AS messages FROM assistant_message WHERE status_id IN (%s, %s)"
        " GROUP BY status_id UNION ALL"
        " SELECT status_id, COUNT(*) FROM assistant_message WHERE status_id NOT IN (%s, %s)"
        " AND id_message > (SELECT COALESCE(MAX(id_message), 0) FROM assistant_message) - %s"
        " GROUP BY status_id",
        (*_OPEN, *_OPEN, LATEST),
    )
    return {int(row["status_id"]): int(row["messages"]) for row in rows}


def replies_due(database: MySQLDatabase, limit: int) -> list[Row]:
    """Final messages whose answers the queue of answers has not got yet, the oldest first."""
    found: list[Row] = []
    for status in (MessageStatus.ANSWERED, MessageStatus.ERROR):
        found += database.query(
            f"{_REPLIES} WHERE reply_due = 1 AND status_id = %s ORDER BY id_message LIMIT %s",
            (status, limit),
        )
    return sorted(found, key=lambda row: int(row["id_message"]))[:limit]


def replies_up_to(database: MySQLDatabase, id_message: int) -> list[Row]:
    """The same of one message and of those before it in its thread, the oldest first."""
    return database.query(
        f"{_REPLIES} WHERE thread_id = (SELECT thread_id FROM assistant_message WHERE id_message = %s)"
        " AND status_id IN (%s, %s) AND id_message <= %s AND reply_due = 1 ORDER BY id_message",
        (id_message, MessageStatus.ANSWERED, MessageStatus.ERROR, id_message),
    )


def reply_sent(database: MySQLDatabase, id_message: int) -> None:
    """Note that the queue of answers has an answer."""
    database.execute("UPDATE assistant_message SET reply_due = 0 WHERE id_message = %s", (id_message,))


def _zoned(row: Row) -> Row:
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for name, value in row.items()
    }

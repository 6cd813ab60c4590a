"""Reminders whose time has come become messages of their own, once each."""

import logging
from datetime import UTC, datetime

from ai_worker.pipelines.assistants.reminders import repository
from ai_worker.pipelines.assistants.reminders.recurrence import next_time
from ai_worker.pipelines.assistants.threads.posting import NewMessage, post_within
from ai_worker.pipelines.assistants.tools.moments import zone_named
from ai_worker.stores.mysql import MySQLDatabase, Row, mysql, retrying

log = logging.getLogger(__name__)

AT_ONCE = 100
TEXT = "Reminder that the user set for now, to be delivered to the user in the user's language: {}"


def deliver_due() -> list[int]:
    """Deliver what is due, a batch a transaction.

    Returns:
        The ids of the messages made, to be handed to the workers.
    """
    found: list[int] = []
    while batch := retrying(_delivered):
        found += batch
    return found


def _delivered() -> list[int]:
    with mysql().connection() as database, database.transaction():
        return [_deliver(database, row) for row in repository.due(database, AT_ONCE)]


def _deliver(database: MySQLDatabase, row: Row) -> int:
    """One delivery: its message and the next time in the same transaction."""
    now = database.query("SELECT UTC_TIMESTAMP(6) AS now")[0]["now"].replace(tzinfo=UTC)
    # A time that several deliveries missed, since no beat ran, is delivered once.
    key = f"reminder:{row['id']}:{row['trigger_at'].isoformat()}"
    new = NewMessage(
        row["user_id"], row["assistant_id"], TEXT.format(row["message"]), "reminder", key, row["reply_shape"]
    )
    message = post_within(database, new)
    following = None
    if row["rule"]:
        first = datetime.fromisoformat(row["first_local"])
        following = next_time(row["rule"], first, zone_named(row["time_zone"]), now)
    repository.delivered(database, row["id"], following)
    log.info(
        "assistants: reminder %s delivered as message %d, next %s",
        row["id"],
        message["id_message"],
        following,
    )
    return int(message["id_message"])

"""The queries of decisions: what each has changed, so that it can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ai_worker.pipelines.corrections.panel.filters import ReviewFilter
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.stores.mysql import MySQLDatabase, Row

BATCH = 500
_ANSWERED = "(text_corrected IS NOT NULL OR result_data IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision to keep.

    Args:
        item: None for one about several.
        before: what the item was, as JSON.
    """

    who: str
    at: datetime
    verdict: str
    task: int
    item: int | None = None
    reason: str | None = None
    before: str | None = None
    first: int | None = None
    last: int | None = None
    items: int = 1


def add(database: MySQLDatabase, decision: Decision) -> int:
    """Keep a decision; returns its id."""
    return database.insert(
        "INSERT INTO review_decision (who, decided_at, verdict, id_task, id_task_item, reason, "
        "before_state, first_item, last_item, "
        "items) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(
                decision.who,
                decision.at,
                decision.verdict,
                decision.task,
                decision.item,
                decision.reason,
                decision.before,
            ),
            *(decision.first, decision.last, decision.items),
        ),
    )


def set_items(database: MySQLDatabase, id_decision: int, items: int) -> None:
    """The number of items that a decision about several has changed."""
    database.execute("UPDATE review_decision SET items = %s WHERE id = %s", (items, id_decision))


def latest(database: MySQLDatabase, who: str) -> Row | None:
    """The reviewer's latest decision that is not undone."""
    found = database.query(
        "SELECT * FROM review_decision WHERE who = %s AND undone_at IS NULL AND items > 0 ORDER BY id DESC "
        "LIMIT 1",
        (who,),
    )
    return found[0] if found else None


def of_item(database: MySQLDatabase, id_task_item: int, limit: int = 10) -> list[Row]:
    """The decisions on an item by itself, the latest first."""
    return database.query(
        "SELECT who, decided_at, verdict, reason, undone_at FROM review_decision WHERE id_task_item = %s "
        "ORDER BY id DESC LIMIT %s",
        (id_task_item, limit),
    )


def set_undone(database: MySQLDatabase, id_decision: int) -> None:
    """The decision holds no longer."""
    database.execute("UPDATE review_decision SET undone_at = UTC_TIMESTAMP(6) WHERE id = %s", (id_decision,))


def error_class_of(database: MySQLDatabase, id_task_item: int) -> str | None:
    """The reason why an accepted item was not exported, if it was not."""
    found = database.query("SELECT error_class FROM task_item WHERE id_task_item = %s", (id_task_item,))
    return found[0]["error_class"] if found else None


def restore_item(database: MySQLDatabase, id_task_item: int, columns: Mapping[str, Any]) -> None:
    """Put columns of an item back.

    Args:
        columns: names from code.
    """
    sets = ", ".join(f"{name} = %s" for name in columns)
    database.execute(
        f"UPDATE task_item SET {sets} WHERE id_task_item = %s", (*columns.values(), id_task_item)
    )


def set_text(database: MySQLDatabase, id_task_item: int, text: str, summary: str | None) -> None:
    """A reviewer's own words in place of the answer."""
    database.execute(
        "UPDATE task_item SET text_corrected = %s, change_summary = %s WHERE id_task_item = %s",
        (text, summary, id_task_item),
    )


def set_decision(
    database: MySQLDatabase,
    id_task_item: int,
    positions: Sequence[int],
    status: int,
    who: str | None,
    at: datetime | None,
) -> None:
    """Set what was decided of some of an item's changes."""
    marks = ", ".join(["%s"] * len(positions))
    database.execute(
        "UPDATE task_item_change SET status_id = %s, reviewed_by = %s, reviewed_at = %s "
        f"WHERE id_task_item = %s AND position IN ({marks})",
        (status, who, at, id_task_item, *positions),
    )


def accept_some(
    database: MySQLDatabase, wanted: ReviewFilter, who: str, at: datetime, after: int, top: int, limit: int
) -> int:
    """Accept up to `limit` of the answers that fit and wait for a decision, within a range of ids;
    returns how many.
    """
    narrow, values = wanted.conditions()
    return database.execute(
        "UPDATE task_item SET status_id = %s, reviewed_by = %s, reviewed_at = %s "
        f"WHERE id_task = %s AND status_id = %s AND id_task_item > %s AND id_task_item <= %s AND "
        f"{_ANSWERED}{narrow} "
        "ORDER BY id_task_item LIMIT %s",
        (ItemStatus.ACCEPTED, who, at, wanted.task, ItemStatus.PROCESSED, after, top, *values, limit),
    )


def accept_named(database: MySQLDatabase, task: int, ids: Sequence[int], who: str, at: datetime) -> int:
    """Accept those of the items that wait for a decision; returns how many."""
    marks = ", ".join(["%s"] * len(ids))
    return database.execute(
        "UPDATE task_item SET status_id = %s, reviewed_by = %s, reviewed_at = %s "
        f"WHERE id_task_item IN ({marks}) AND id_task = %s AND status_id = %s AND {_ANSWERED}",
        (ItemStatus.ACCEPTED, who, at, *ids, task, ItemStatus.PROCESSED),
    )


def take_back_some(database: MySQLDatabase, decision: Row) -> int:
    """Have up to `BATCH` items of a decision wait for a reviewer again, those that are as it left them;
    returns how many.
    """
    return database.execute(
        "UPDATE task_item SET status_id = %s, reviewed_by = NULL, reviewed_at = NULL "
        "WHERE id_task = %s AND status_id = %s AND id_task_item >= %s AND id_task_item <= %s AND "
        "reviewed_by = %s AND reviewed_at = %s "
        "ORDER BY id_task_item LIMIT %s",
        (
            *(
                ItemStatus.PROCESSED,
                decision["id_task"],
                ItemStatus.ACCEPTED,
                decision["first_item"],
                decision["last_item"],
            ),
            *(decision["who"], decision["decided_at"], BATCH),
        ),
    )

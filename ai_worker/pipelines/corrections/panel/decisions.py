"""A reviewer's decision about one item, with what two reviewers at once need: the version that was looked at,
and undo.

The services of reviewing (`review.py`) serve programs that name changes one by one. Here a decision is made
of a whole screen: the changes left ticked, or a text of the reviewer's own.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections.diff.change_rows import replacing
from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.summary import summarise
from ai_worker.pipelines.corrections.panel import decision_repository as decisions
from ai_worker.pipelines.corrections.review.decisions import ReviewedChange, decide, fitting
from ai_worker.pipelines.corrections.review.repository import changes_of, now_of
from ai_worker.pipelines.corrections.review.review import OPEN_TO_REVIEW, queries
from ai_worker.pipelines.corrections.rows import ReviewedItem
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus, name_of
from ai_worker.stores.mysql import MySQLDatabase, Row, retrying

log = logging.getLogger(__name__)

LONGEST_EDIT = 1_000_000
_STATE = ("status_id", "reviewed_by", "reviewed_at", "error")


@dataclass(frozen=True, slots=True)
class Seen:
    """The object of a reviewer's decision.

    Args:
        version: of the item as it was shown, by `version_of`.
    """

    id_task_item: int
    version: str
    who: str


def version_of(item: ReviewedItem) -> str:
    """Changes whenever the item is decided, asked anew or edited."""
    parts = [
        item[name]
        for name in (
            "status_id",
            "reviewed_by",
            "reviewed_at",
            "operation_uuid",
            "text_corrected",
            "result_data",
        )
    ]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def accept(seen: Seen, kept: Collection[int] | None = None) -> ItemStatus:
    """Accept an answer with the changes that were left ticked.

    Args:
        kept: positions of the changes; None for all that were not rejected before. With none left the answer
            is rejected.

    Raises:
        NotFound: there is no such item.
        Conflict: it was decided, exported or answered anew since it was shown; the message names the
        reviewer.
    """

    def carry_out(
        database: MySQLDatabase, item: ReviewedItem, at: datetime
    ) -> tuple[ItemStatus, dict[str, Any]]:
        if kept is None or item["kind"] != "correction":
            return ItemStatus.ACCEPTED, {}
        changes, as_stored = _changes(database, item)
        reviewed, before = _ticked(changes, kept, seen.who, at)
        if reviewed != changes:
            _write(database, item, reviewed, as_stored)
        left = not changes or any(change.status is not ChangeStatus.REJECTED for change in reviewed)
        return (ItemStatus.ACCEPTED if left else ItemStatus.REJECTED), {"changes": before}

    return _decide(seen, "accept", None, carry_out)


def reject(seen: Seen, reason: str) -> ItemStatus:
    """Reject an answer as a whole; see `accept`."""
    return _decide(seen, "reject", reason[:500] or None, lambda database, item, at: (ItemStatus.REJECTED, {}))


def edit(seen: Seen, text: str) -> ItemStatus:
    """Accept a text of the reviewer's own in place of the answer; see `accept`.

    Raises:
        BadRequest: the text is empty or too long, or the item is an analysis.
    """
    text = text.replace("\r\n", "\n")
    if not text.strip() or len(text) > LONGEST_EDIT:
        raise BadRequest(f"a text of 1 to {LONGEST_EDIT:,} characters is wanted")

    def carry_out(
        database: MySQLDatabase, item: ReviewedItem, at: datetime
    ) -> tuple[ItemStatus, dict[str, Any]]:
        if item["kind"] == "analysis":
            raise BadRequest(f"item {item['id_task_item']} is an analysis: it has no text to edit")
        before = {"text_corrected": item["text_corrected"], "change_summary": item["change_summary"]}
        if item["kind"] != "correction":
            decisions.set_text(database, item["id_task_item"], text, item["change_summary"])
            return ItemStatus.ACCEPTED, before
        old, _ = _changes(database, item)
        source = item["text_original"] or ""
        made = diff(source, text)
        decisions.set_text(database, item["id_task_item"], text, summarise(made))
        accepted = {change: (int(ChangeStatus.ACCEPTED), seen.who, at) for change in made}
        queries().write(database, replacing(item["id_task_item"], made, had_any=True, by_change=accepted))
        return ItemStatus.ACCEPTED, {**before, "changes": _stored_decisions(old)}

    return _decide(seen, "edit", None, carry_out)


def undo(decision: Row) -> int:
    """Take a decision about one item back; returns its item.

    Args:
        decision: the row of `review_decision`.

    Raises:
        Conflict: the item was exported, or decided again by another reviewer.
    """

    def locked(database: MySQLDatabase) -> int:
        with database.transaction():
            id_task_item: int = decision["id_task_item"]
            item = queries().locked_item(database, id_task_item)
            if item is None:
                raise NotFound(f"there is no item {id_task_item}")
            if item["status_id"] == ItemStatus.EXPORTED:
                raise Conflict(f"item {id_task_item} is exported: its source holds the text already")
            if (item["reviewed_by"], item["reviewed_at"]) != (decision["who"], decision["decided_at"]):
                raise Conflict(f"item {id_task_item} has changed since: {_state(item)}")
            before = json.loads(decision["before_state"])
            _restore(database, item, before)
            decisions.set_undone(database, decision["id"])
            return id_task_item

    with queries().pool.connection() as database:
        return retrying(lambda: locked(database))


def _decide(
    seen: Seen,
    verdict: str,
    reason: str | None,
    carry_out: Callable[[MySQLDatabase, ReviewedItem, datetime], tuple[ItemStatus, dict[str, Any]]],
) -> ItemStatus:
    def locked(database: MySQLDatabase) -> ItemStatus:
        with database.transaction():
            item = queries().locked_item(database, seen.id_task_item)
            if item is None:
                raise NotFound(f"there is no item {seen.id_task_item}")
            _check(item, seen)
            at = now_of(database)
            error_class = decisions.error_class_of(database, seen.id_task_item)
            status, before = carry_out(database, item, at)
            queries().decide_item(database, seen.id_task_item, status, seen.who, at)
            columns: Mapping[str, Any] = item
            state = json.dumps(
                {"error_class": error_class, **{name: columns[name] for name in _STATE}, **before},
                default=_json,
                ensure_ascii=False,
            )
            kept = decisions.Decision(
                seen.who, at, verdict, item["id_task"], seen.id_task_item, reason, state
            )
            decisions.add(database, kept)
            return status

    with queries().pool.connection() as database:
        status = retrying(lambda: locked(database))
    log.info("[TaskItem %s] %s by %s: %s", seen.id_task_item, verdict, seen.who, status.name)
    return status


def _check(item: ReviewedItem, seen: Seen) -> None:
    if item["status_id"] not in OPEN_TO_REVIEW:
        raise Conflict(
            f"item {seen.id_task_item} is {name_of(ItemStatus, item['status_id'])}: there is nothing to "
            f"decide"
        )
    if version_of(item) != seen.version:
        raise Conflict(f"item {seen.id_task_item} has changed since you opened it: {_state(item)}")
    if item["text_corrected"] is None and item["result_data"] is None:
        raise Conflict(f"item {seen.id_task_item} has no answer to decide about")


def _state(item: ReviewedItem) -> str:
    name = name_of(ItemStatus, item["status_id"])
    if item["reviewed_by"]:
        return f"{name} by {item['reviewed_by']} at {item['reviewed_at']:%H:%M:%S} UTC"
    return f"{name}, with another answer"


def _changes(database: MySQLDatabase, item: ReviewedItem) -> tuple[list[ReviewedChange], bool]:
    if item["text_corrected"] is None:
        return [], True
    return fitting(
        item["text_original"] or "", item["text_corrected"], changes_of(database, item["id_task_item"])
    )


def _ticked(
    changes: list[ReviewedChange], kept: Collection[int], who: str, at: datetime
) -> tuple[list[ReviewedChange], list[list[Any]]]:
    off = [
        of.position for of in changes if of.position not in kept and of.status is not ChangeStatus.REJECTED
    ]
    on = [of.position for of in changes if of.position in kept and of.status is ChangeStatus.REJECTED]
    reviewed = decide(
        decide(changes, off, ChangeStatus.REJECTED, who, at), on, ChangeStatus.ACCEPTED, who, at
    )
    return reviewed, _stored_decisions(changes)


def _stored_decisions(changes: list[ReviewedChange]) -> list[list[Any]]:
    return [[of.position, int(of.status), of.by, of.at] for of in changes]


def _write(
    database: MySQLDatabase, item: ReviewedItem, changes: list[ReviewedChange], as_stored: bool
) -> None:
    """Store decisions: of rows that are there one UPDATE a reviewer and status, else the rows anew."""
    id_task_item = item["id_task_item"]
    if not as_stored:
        by_change = {of.change: of.decision for of in changes}
        queries().write(
            database,
            replacing(id_task_item, [of.change for of in changes], had_any=True, by_change=by_change),
        )
        return
    groups: dict[tuple[int, str | None, Any], list[int]] = {}
    for of in changes:
        groups.setdefault(of.decision, []).append(of.position)
    for (status, who, at), positions in groups.items():
        decisions.set_decision(database, id_task_item, positions, status, who, at)


def _restore(database: MySQLDatabase, item: ReviewedItem, before: dict[str, Any]) -> None:
    columns = {
        name: before[name]
        for name in (*_STATE, "error_class", "text_corrected", "change_summary")
        if name in before
    }
    columns["reviewed_at"] = _moment(columns["reviewed_at"])
    decisions.restore_item(database, item["id_task_item"], columns)
    if "changes" not in before:
        return
    restored = cast(ReviewedItem, {**item, **columns})
    changes, as_stored = _changes(database, restored)
    earlier = {
        position: (ChangeStatus(status), by, _moment(at)) for position, status, by, at in before["changes"]
    }
    back = [
        ReviewedChange(of.position, of.change, *earlier.get(of.position, (ChangeStatus.PROPOSED, None, None)))
        for of in changes
    ]
    _write(database, restored, back, as_stored)


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

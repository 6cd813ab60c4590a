"""Accepting and rejecting answers, whole or change by change, for the command line and the web app.

An item can be decided until it is exported. A decision that is sent twice stays as it was sent first.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections.diff.change_rows import replacing
from ai_worker.pipelines.corrections.diff.changes import diff
from ai_worker.pipelines.corrections.diff.summary import summarise, with_warnings
from ai_worker.pipelines.corrections.protection.doubts import doubts
from ai_worker.pipelines.corrections.remark import Remark
from ai_worker.pipelines.corrections.review.decisions import (
    ReviewedChange,
    decide,
    exported_text,
    fitting,
    item_status,
    with_other_halves,
)
from ai_worker.pipelines.corrections.review.repository import ReviewRepository, changes_of, now_of
from ai_worker.pipelines.corrections.rows import ReviewedItem
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.statuses import ChangeStatus, ItemStatus, name_of
from ai_worker.pipelines.corrections.warnings.checks import Work, warnings
from ai_worker.pipelines.corrections.warnings.warning_rows import replacing_warnings
from ai_worker.stores.mysql import MySQLDatabase, Row, mysql, retrying

log = logging.getLogger(__name__)

LONGEST_NAME = 190
OPEN_TO_REVIEW = (ItemStatus.PROCESSED, ItemStatus.ACCEPTED, ItemStatus.REJECTED, ItemStatus.CONFLICT)
_CHANGE_STATUS = {ItemStatus.ACCEPTED: ChangeStatus.ACCEPTED, ItemStatus.REJECTED: ChangeStatus.REJECTED}


@dataclass(frozen=True, slots=True)
class Review:
    """An answer as a reviewer sees it.

    Args:
        item: the row of `task_item`, with its task's `kind`.
        changes: of a correction, by position.
        text: as it would be exported now; None where there is no answer.
        warnings: what of the answer to look at.
    """

    item: ReviewedItem
    changes: list[ReviewedChange]
    text: str | None
    warnings: list[Remark]


def queries() -> ReviewRepository:
    """The queries of reviewing, on this process's connections."""
    return ReviewRepository(mysql())


def show(id_task_item: int) -> Review:
    """An item with its changes.

    Raises:
        NotFound: there is no such item.
    """
    item = queries().item(id_task_item)
    if item is None:
        raise NotFound(f"there is no item {id_task_item}")
    changes, _ = _changes(item, queries().changes(id_task_item))
    return Review(item, changes, text_to_export(item, changes), queries().warnings(id_task_item))


def accept(
    id_task_item: int,
    who: str,
    positions: Sequence[int] | None = None,
    answer: str | None = None,
    text: str | None = None,
) -> ItemStatus:
    """Accept an answer, or some of its changes, or a reviewer's own text in its place.

    Args:
        who: stored with the decision.
        positions: of the changes; None for the answer as it stands, but for what was rejected of it.
        answer: the `operation_uuid` of the answer that was looked at, where it should be no other by now.
        text: the answer as the reviewer edited it; it is stored with its own changes and warnings.

    Returns:
        The status of the item now.

    Raises:
        BadRequest: no reviewer is named, changes are named beside a text, or the item's answer is no text.
        NotFound: there is no such item, or no such change of it.
        Conflict: it has no answer, is exported already, or has another answer by now.
    """
    if text is not None and positions is not None:
        raise BadRequest("name changes or send a text, not both")
    return _decide(id_task_item, ItemStatus.ACCEPTED, who, positions, answer, text)


def reject(
    id_task_item: int, who: str, positions: Sequence[int] | None = None, answer: str | None = None
) -> ItemStatus:
    """Reject an answer, or some of its changes; see `accept`."""
    return _decide(id_task_item, ItemStatus.REJECTED, who, positions, answer)


def accept_task(id_task: int, who: str) -> int:
    """Accept every answer of a task that has no decision. Returns their number.

    Raises:
        BadRequest: no reviewer is named.
        NotFound: there is no such task.
    """
    _check_name(who)
    if repository().fetch_task(id_task) is None:
        raise NotFound(f"there is no task {id_task}")
    accepted = 0
    while batch := queries().accept_batch(id_task, who):
        accepted += batch
    log.info("[Task %s] %d answers accepted by %s", id_task, accepted, who)
    return accepted


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A text of a task that was accepted or exported.

    Args:
        place: how many items of the task are older.
        before: the text.
        after: the text that was accepted in its place.
    """

    id_task_item: int
    place: int
    source_id: str | None
    before: str
    after: str


def accepted_texts(id_task: int) -> list[AcceptedText]:
    """Every item of the task that is accepted or exported, in their order.

    Raises:
        NotFound: there is no such task, or nothing of it is accepted.
    """
    if repository().fetch_task(id_task) is None:
        raise NotFound(f"there is no task {id_task}")
    places = queries().accepted_places(id_task)
    if not places:
        raise NotFound(f"nothing of task {id_task} is accepted")
    texts = []
    for id_task_item, place in places:
        found = show(id_task_item)
        if found.text is not None:
            source_id, before = found.item["source_id"], found.item["text_original"] or ""
            texts.append(AcceptedText(id_task_item, place, source_id, before, found.text))
    return texts


def text_to_export(item: ReviewedItem, changes: Sequence[ReviewedChange]) -> str | None:
    """The text that an accepted item stands for: of a correction the source with what was not rejected, of a
    translation the whole answer.
    """
    if item["kind"] != "correction" or item["text_corrected"] is None:
        text: str | None = item["text_corrected"]
        return text
    return exported_text(item["text_original"] or "", changes)


def _decide(
    id_task_item: int,
    verdict: ItemStatus,
    who: str,
    positions: Sequence[int] | None,
    answer: str | None,
    text: str | None = None,
) -> ItemStatus:
    _check_name(who)
    if positions is not None and not positions:
        raise BadRequest("name at least one change")
    with queries().pool.connection() as database:
        status = retrying(
            lambda: _decide_locked(database, id_task_item, verdict, who, positions, answer, text)
        )
    what = (
        "the edited answer"
        if text is not None
        else "the answer"
        if positions is None
        else f"change {', '.join(map(str, positions))}"
    )
    log.info("[TaskItem %s] %s %s by %s: %s", id_task_item, what, verdict.name.lower(), who, status.name)
    return status


def _decide_locked(
    database: MySQLDatabase,
    id_task_item: int,
    verdict: ItemStatus,
    who: str,
    positions: Sequence[int] | None,
    answer: str | None,
    text: str | None,
) -> ItemStatus:
    with database.transaction():
        item = queries().locked_item(database, id_task_item)
        if item is None:
            raise NotFound(f"there is no item {id_task_item}")
        _check_state(item, answer)
        if positions is not None:
            return _decide_changes(database, item, _CHANGE_STATUS[verdict], who, positions)
        if text is not None and text != item["text_corrected"]:
            _edit(database, item, text)
        if item["status_id"] != verdict:
            queries().decide_item(database, id_task_item, verdict, who, now_of(database))
        return verdict


def _edit(database: MySQLDatabase, item: ReviewedItem, text: str) -> None:
    """Store the text with what follows from it: its changes, undecided, and its warnings."""
    if item["text_corrected"] is None:
        raise BadRequest(f"the answer of item {item['id_task_item']} is no text")
    original = item["text_original"] or ""
    corrects = item["kind"] == "correction"
    changes = diff(original, text) if corrects else []
    remarks = [*doubts(original, text), *warnings(Work(item["kind"]), original, text)]
    queries().edit(
        database,
        item["id_task_item"],
        text,
        with_warnings(summarise(changes) if corrects else None, remarks),
    )
    statements = [
        *replacing(item["id_task_item"], changes, had_any=True),
        *replacing_warnings(item["id_task_item"], remarks, had_any=True),
    ]
    queries().write(database, statements)


def _decide_changes(
    database: MySQLDatabase, item: ReviewedItem, status: ChangeStatus, who: str, positions: Sequence[int]
) -> ItemStatus:
    id_task_item, before = item["id_task_item"], ItemStatus(item["status_id"])
    changes, as_stored = _changes(item, changes_of(database, id_task_item))
    if unknown := sorted(set(positions) - {reviewed.position for reviewed in changes}):
        raise NotFound(
            f"item {id_task_item} has {len(changes)} changes; there is no change "
            f"{', '.join(map(str, unknown))}"
        )
    at = now_of(database)
    chosen = with_other_halves(changes, positions)
    fresh = [
        reviewed.position
        for reviewed in changes
        if reviewed.position in chosen and reviewed.status is not status
    ]
    changes = decide(changes, fresh, status, who, at)
    if as_stored:
        queries().decide_changes(database, id_task_item, fresh, status, who, at)
    else:
        by_change = {reviewed.change: reviewed.decision for reviewed in changes}
        queries().write(
            database,
            replacing(
                id_task_item, [reviewed.change for reviewed in changes], had_any=True, by_change=by_change
            ),
        )
    after = item_status(before, changes)
    if after is not before:
        decided = after is not ItemStatus.PROCESSED
        queries().decide_item(
            database, id_task_item, after, who if decided else None, at if decided else None
        )
    return after


def _changes(item: ReviewedItem, rows: Sequence[Row]) -> tuple[list[ReviewedChange], bool]:
    if item["kind"] != "correction" or item["text_corrected"] is None:
        return [], True
    return fitting(item["text_original"] or "", item["text_corrected"], rows)


def _check_state(item: ReviewedItem, answer: str | None) -> None:
    id_task_item = item["id_task_item"]
    if item["status_id"] not in OPEN_TO_REVIEW:
        raise Conflict(
            f"item {id_task_item} is {name_of(ItemStatus, item['status_id'])}: only an answer "
            f"that is not exported can be reviewed"
        )
    if item["text_corrected"] is None and item["result_data"] is None:
        raise Conflict(f"item {id_task_item} has no answer to decide")
    if answer is not None and answer != item["operation_uuid"]:
        raise Conflict(f"item {id_task_item} has another answer by now: look at it again")


def _check_name(who: str) -> None:
    if not who.strip() or len(who) > LONGEST_NAME:
        raise BadRequest(f"who decides has a name of 1 to {LONGEST_NAME} characters")

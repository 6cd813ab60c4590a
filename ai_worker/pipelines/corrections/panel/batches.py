"""Decisions about many items at once: each is one entry that one key undoes."""

import logging
from collections.abc import Sequence

from ai_worker.errors import BadRequest, Conflict, NotFound
from ai_worker.pipelines.corrections.panel import decision_repository as decisions
from ai_worker.pipelines.corrections.panel import decisions as single
from ai_worker.pipelines.corrections.panel.filters import LONGEST_ID, ReviewFilter
from ai_worker.pipelines.corrections.panel.queue_repository import MOST_COUNTED, WINDOWS, QueueRepository
from ai_worker.pipelines.corrections.review.repository import now_of
from ai_worker.pipelines.corrections.review.review import queries
from ai_worker.stores.mysql import MySQLDatabase, Row, retrying

log = logging.getLogger(__name__)

MOST_SELECTED = 500


def accept_selected(task: int, ids: Sequence[int], who: str) -> int:
    """Accept those of the items that wait for a decision; returns how many.

    Raises:
        BadRequest: none is selected, or too many.
    """
    if not 1 <= len(ids) <= MOST_SELECTED:
        raise BadRequest(f"select 1 to {MOST_SELECTED} items")

    def carry_out(database: MySQLDatabase) -> int:
        with database.transaction():
            at = now_of(database)
            accepted = decisions.accept_named(database, task, ids, who, at)
            if accepted:
                made = decisions.Decision(
                    who, at, "accept", task, first=min(ids), last=max(ids), items=accepted
                )
                decisions.add(database, made)
            return accepted

    with queries().pool.connection() as database:
        accepted = retrying(lambda: carry_out(database))
    log.info("[Task %s] %d selected answers accepted by %s", task, accepted, who)
    return accepted


def accept_all(wanted: ReviewFilter, who: str, expected: int) -> int:
    """Accept what a filter shows, oldest first, up to `MOST_COUNTED`; returns how many.

    The decision is kept before its first item, so that it can be undone also where the process dies in the
    middle.

    Args:
        expected: how many the reviewer was shown.

    Raises:
        BadRequest: the filter is not one of answers that wait.
        Conflict: far more fit than the reviewer was shown.
    """
    if wanted.status != "PROCESSED":
        raise BadRequest("only answers that wait for a reviewer can be accepted together")
    queue = QueueRepository(queries().pool)
    found = queue.count(wanted)
    if found.items > expected * 1.1 + 10:
        raise Conflict(
            f"{found.items} items fit by now, and you were shown {expected}: look at the list again"
        )
    with queries().pool.connection() as database:
        at = now_of(database)
        made = decisions.Decision(who, at, "accept", wanted.task, first=0, last=LONGEST_ID, items=1)
        kept = decisions.add(database, made)
        accepted, after = 0, 0
        for _ in range(WINDOWS if wanted.is_narrow else 1):
            top = queue.end_of_window(wanted, after) if wanted.is_narrow else LONGEST_ID
            while accepted < MOST_COUNTED:
                limit = min(decisions.BATCH, MOST_COUNTED - accepted)
                done = retrying(lambda: decisions.accept_some(database, wanted, who, at, after, top, limit))  # noqa: B023
                accepted += done
                if not done:
                    break
            if top == LONGEST_ID or accepted >= MOST_COUNTED:
                break
            after = top
        decisions.set_items(database, kept, accepted)
    log.info("[Task %s] %d answers of a filter accepted by %s", wanted.task, accepted, who)
    return accepted


def undo_latest(who: str) -> tuple[Row, int]:
    """Take the reviewer's latest decision back.

    Returns:
        The decision, and how many items wait for a reviewer again.

    Raises:
        NotFound: there is nothing to undo.
        Conflict: its items were exported, or decided by another reviewer since.
    """
    with queries().pool.connection() as database:
        decision = decisions.latest(database, who)
    if decision is None:
        raise NotFound("there is no decision of yours to undo")
    if decision["id_task_item"] is not None:
        single.undo(decision)
        return decision, 1
    undone = 0
    with queries().pool.connection() as database:
        while batch := retrying(lambda: decisions.take_back_some(database, decision)):
            undone += batch
        decisions.set_undone(database, decision["id"])
    if not undone:
        raise Conflict("every item of that decision was exported or decided again since")
    log.info("[Task %s] the acceptance of %d answers undone by %s", decision["id_task"], undone, who)
    return decision, undone

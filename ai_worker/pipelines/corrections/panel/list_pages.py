"""The reviewer's list, and decisions about many of its items."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from ai_worker.kit.panel import Page, client_name, note, redirect
from ai_worker.pipelines.corrections.panel import batches
from ai_worker.pipelines.corrections.panel.filters import LONGEST_ID, REVIEWABLE, Filter, ReviewFilter
from ai_worker.pipelines.corrections.panel.queue_repository import (
    WINDOW,
    WINDOWS,
    Count,
    ItemPage,
    QueueRepository,
)
from ai_worker.pipelines.corrections.review.review import queries

SHOWN = 50

reading = APIRouter()
reviewing = APIRouter()


def queue() -> QueueRepository:
    """The queries of this process."""
    return QueueRepository(queries().pool)


@reading.get("/review")
def review_list(wanted: Filter, after: int = 0) -> Response:
    """The items that fit a filter."""
    if not wanted.task:
        found = queue().oldest_task()
        if not found:
            return Page("corrections/nothing.html")
        return redirect(wanted.model_copy(update={"task": found}).address("review"))
    page = queue().page(wanted, max(0, min(after, LONGEST_ID)), SHOWN)
    values = {
        "wanted": wanted,
        "page": page,
        "after": after,
        "count": _count(wanted, page, after),
        "choices": queue().choices(wanted.task),
        "statuses": REVIEWABLE,
        "looked_at": WINDOW * WINDOWS,
    }
    return Page("corrections/list.html", values)


def _count(wanted: ReviewFilter, page: ItemPage, after: int) -> Count:
    """Number of items that fit. A first page that is not full looked through all that a count would."""
    if wanted.is_narrow and not after and len(page.rows) < SHOWN:
        return Count(len(page.rows), exact=page.after is None)
    return queue().count(wanted)


@reviewing.post("/review/accept")
def accept_selected(
    request: Request, wanted: Filter, item: Annotated[list[int], Form(max_length=batches.MOST_SELECTED)]
) -> Response:
    """Accept the selected items."""
    accepted = batches.accept_selected(wanted.task, item, client_name(request))
    note(request, f"{accepted} of {len(item)} items of task {wanted.task}")
    return answered(request, wanted.address("review"), f"{accepted} accepted")


@reviewing.post("/review/accept-all")
def accept_all(
    request: Request, wanted: Filter, expected: Annotated[int, Form(ge=0, le=LONGEST_ID)]
) -> Response:
    """Accept all that the filter shows."""
    accepted = batches.accept_all(wanted, client_name(request), expected)
    note(request, f"{accepted} items, filter {wanted.query}")
    return answered(request, wanted.address("review"), f"{accepted} accepted")


@reviewing.post("/review/undo")
def undo(request: Request, wanted: Filter) -> Response:
    """Undo the reviewer's latest decision."""
    decision, items = batches.undo_latest(client_name(request))
    note(request, f"{decision['verdict']} of {items} items of task {decision['id_task']}")
    if decision["id_task_item"] is None:
        back = ReviewFilter(task=decision["id_task"]).address("review")
    else:
        back = wanted.model_copy(update={"task": decision["id_task"]}).address(
            f"review/{decision['id_task_item']}"
        )
    return answered(
        request,
        back,
        f"{decision['verdict']} of {items} items undone" if items > 1 else f"{decision['verdict']} undone",
    )


def answered(request: Request, next_page: str, message: str) -> Response:
    """The next address: for the page's script as JSON, for a browser without it as a redirect."""
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"next": next_page, "message": message})
    return redirect(next_page)

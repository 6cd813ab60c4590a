"""One item under review, and the decision about it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Page, client_name, note
from ai_worker.pipelines.corrections.panel import decisions
from ai_worker.pipelines.corrections.panel.comparison import MOST_CHANGES
from ai_worker.pipelines.corrections.panel.filters import Filter, ReviewFilter
from ai_worker.pipelines.corrections.panel.item_values import EDITABLE, view_of
from ai_worker.pipelines.corrections.panel.list_pages import answered, queue
from ai_worker.pipelines.corrections.review.review import queries

REASONS = (
    "changes the meaning",
    "a mistake was missed",
    "a new mistake",
    "style: not wanted",
    "a name or number is wrong",
    "wrong language or tone",
    "formatting is broken",
    "incomplete",
    "something else",
)

reading = APIRouter()
reviewing = APIRouter()
Version = Annotated[str, Form(max_length=64)]


@reading.get("/review/{id_task_item}")
def item(id_task_item: int, wanted: Filter) -> Page:
    """The page."""
    row = queries().item(id_task_item)
    if row is None:
        raise NotFound(f"there is no item {id_task_item}")
    wanted = wanted if wanted.task else wanted.model_copy(update={"task": row["id_task"]})
    values = {
        "wanted": wanted,
        "view": view_of(id_task_item, wanted),
        "reasons": REASONS,
        "editable": EDITABLE,
    }
    return Page("corrections/item.html", values)


@reading.get("/review/{id_task_item}/text")
def whole_text(id_task_item: int, side: Literal["original", "corrected"]) -> Response:
    """One side whole, as a file."""
    row = queries().item(id_task_item)
    text = None if row is None else row["text_original" if side == "original" else "text_corrected"]
    if text is None:
        raise NotFound(f"item {id_task_item} has no such text")
    name = f'attachment; filename="item-{id_task_item}-{side}.txt"'
    content = text.encode("utf-8", "replace")
    return Response(content, media_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


@reviewing.post("/review/{id_task_item}/accept")
def accept(
    request: Request,
    id_task_item: int,
    wanted: Filter,
    version: Version,
    shown: Annotated[int, Form(ge=0, le=MOST_CHANGES)] = 0,
    change: Annotated[list[int] | None, Form(max_length=MOST_CHANGES)] = None,
) -> Response:
    """Accept the answer with the changes that are ticked.

    Args:
        shown: how many changes the form offered to tick; without any the answer is accepted as it stands.
    """
    seen = decisions.Seen(id_task_item, version, client_name(request))
    status = decisions.accept(seen, set(change or ()) if shown else None)
    note(request, status.name)
    return _next(request, id_task_item, wanted, status.name)


@reviewing.post("/review/{id_task_item}/reject")
def reject(
    request: Request,
    id_task_item: int,
    wanted: Filter,
    version: Version,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Reject the answer."""
    status = decisions.reject(decisions.Seen(id_task_item, version, client_name(request)), reason.strip())
    note(request, reason)
    return _next(request, id_task_item, wanted, status.name)


@reviewing.post("/review/{id_task_item}/edit")
def edit(
    request: Request, id_task_item: int, wanted: Filter, version: Version, text: Annotated[str, Form()]
) -> Response:
    """Accept a text of the reviewer's own."""
    status = decisions.edit(decisions.Seen(id_task_item, version, client_name(request)), text)
    return _next(request, id_task_item, wanted, f"edited, {status.name}")


def _next(request: Request, id_task_item: int, wanted: ReviewFilter, outcome: str) -> Response:
    following = queue().page(wanted, id_task_item, 1).rows if wanted.task else []
    path = f"review/{following[0]['id_task_item']}" if following else "review"
    return answered(request, wanted.address(path), f"item {id_task_item}: {outcome}")

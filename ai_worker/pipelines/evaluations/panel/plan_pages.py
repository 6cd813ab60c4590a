"""Pages of a plan: the changes and cost of applying a task's document, and applying it; both read a whole
queue.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Job, Page, follow, note, redirect
from ai_worker.pipelines.evaluations.panel.places import Place, databases, jobs
from ai_worker.pipelines.evaluations.rerun import rerun
from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.stores.mongo import Document

reading = APIRouter()
running = APIRouter()

SHOWN = [change for change in Change if change is not Change.UNCHANGED]


@reading.get("/{database}/{task}/plan")
def plan(database: str, task: str) -> Page:
    """The plan, made while the page is open."""
    at, document = _document(database, task)
    if jobs().known(("apply", at)) is None or jobs().known(("plan", at)) is None:
        _start(at, document, "plan", lambda advance: rerun.plan(database, document, advance))
    return Page("evaluations/plan.html", {"place": at, **_fragment(at).values})


@reading.get("/{database}/{task}/plan/stream", response_class=EventSourceResponse)
async def plan_stream(request: Request, database: str, task: str) -> AsyncIterator[ServerSentEvent]:
    """The progress of a plan."""
    at = Place(database, task)
    async for event in follow(request, lambda: [_fragment(at)]):
        yield event


@reading.post("/{database}/{task}/plan/make")
def plan_anew(database: str, task: str) -> Response:
    """Make the plan again."""
    at, document = _document(database, task)
    _start(at, document, "plan", lambda advance: rerun.plan(database, document, advance))
    return redirect(at.path("/plan"))


@running.post("/{database}/{task}/plan/apply")
def apply(request: Request, database: str, task: str) -> Response:
    """Do what the plan shows."""
    at, document = _document(database, task)
    _start(at, document, "apply", lambda advance: rerun.apply(database, document, advance))
    note(request, f"{database}.{task}")
    return redirect(at.path("/plan"))


def _document(database: str, task: str) -> tuple[Place, Document]:
    if database not in databases():
        raise NotFound(f"{database} is none of the databases that evaluations work in")
    [document] = rerun.documents(database, [task])
    return Place(database, task), document


def _start(at: Place, document: Document, name: str, work: Callable[[Callable[[int], None]], Any]) -> Job:
    return jobs().start((name, at), work, rerun.rows_of(at.database, document))


def _fragment(at: Place) -> Fragment:
    values = {
        "place": at,
        "plan": jobs().known(("plan", at)),
        "applied": jobs().known(("apply", at)),
        "shown": SHOWN,
    }
    return Fragment("plan", "evaluations/plan_body.html", values)

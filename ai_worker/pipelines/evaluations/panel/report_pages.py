"""The tasks, and the report on one: made once in a thread, kept, shown to all until it is made anew."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Job, Page, Renderer, follow, redirect
from ai_worker.pipelines.evaluations.control.suspension import read_suspensions
from ai_worker.pipelines.evaluations.panel.places import Place, databases, jobs, place
from ai_worker.pipelines.evaluations.panel.plots import plots
from ai_worker.pipelines.evaluations.reports.report import report as make_report
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.reports.tables import Report, tables
from ai_worker.pipelines.evaluations.reports.task_list import task_lines
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import repository, scores
from ai_worker.stores.mongo import mongo

reading = APIRouter()

Sort = Annotated[str, Query(max_length=32, pattern="^[a-z_]*$")]

_SORTS: dict[str, Callable[[TaskModelSummary], Any]] = {
    "model": lambda of: of.model,
    "score": lambda of: -1.0 if of.score is None else of.score,
    "n": lambda of: of.n,
    "cost": lambda of: of.cost or 0,
    "latency": lambda of: of.latency_p50 or 0.0,
}


def task_link(task: str) -> str | None:
    """The page of `TrustGen.queue_claims`; of a judges' queue that of the task whose answers they judge."""
    database, _, queue = task.partition(".")
    if not queue.startswith("queue_"):
        return None
    return Place(database, queue.removeprefix("queue_").removeprefix("rta_")).path()


@reading.get("")
def tasks(database: Annotated[str, Query(max_length=63)] = "") -> Page:
    """The tasks of a database."""
    known = databases()
    name = database or next((one for one in known if repository().asked_tasks(one)), known[0])
    if name not in known:
        raise NotFound(f"{name} is none of the databases that evaluations work in")
    lines = list(task_lines(repository(), name, read_suspensions(mongo(), name)))
    asked = repository().asked_tasks(name)
    values = {"databases": known, "database": name, "tasks": lines, "asked": asked, "path_of": _path_of(name)}
    return Page("evaluations/tasks.html", values)


@reading.get("/{database}/{task}")
def report(database: str, task: str, sort: Sort = "model") -> Page:
    """One task: the table of its models, plots, comparisons."""
    at = place(database, task)
    _job(at)
    return Page("evaluations/report.html", {"place": at, "sort": sort, **_fragment(at, sort).values})


@reading.get("/{database}/{task}/stream", response_class=EventSourceResponse)
async def report_stream(
    request: Request, database: str, task: str, sort: Sort = "model"
) -> AsyncIterator[ServerSentEvent]:
    """The report as soon as it is made."""
    at = Place(database, task)
    async for event in follow(request, lambda: [_fragment(at, sort)]):
        yield event


@reading.post("/{database}/{task}/make")
def make_anew(database: str, task: str) -> Response:
    """Read all entries again."""
    at = place(database, task)
    _start(at)
    return redirect(at.path())


@reading.get("/{database}/{task}/report.html")
def standalone(request: Request, database: str, task: str) -> Response:
    """The report as one file to send: its styles within it, nothing from elsewhere."""
    at = place(database, task)
    job = _job(at)
    if job.result is None:
        raise NotFound("the report is not made yet: open the task's page and wait for it")
    renderer: Renderer = request.app.state.renderer
    values = {"place": at, "tables": tables(job.result), "plots": plots(job.result.summaries)}
    html = renderer.page(request, "evaluations/standalone.html", values)
    name = "".join(letter if letter.isalnum() else "-" for letter in task if letter.isascii())
    headers = {"Content-Disposition": f'attachment; filename="report-{name}.html"'}
    return Response(html, media_type="text/html", headers=headers)


def _job(at: Place) -> Job:
    return jobs().known(("report", at)) or _start(at)


def _start(at: Place) -> Job:
    def work(advance: Callable[[int], None]) -> Report:
        load_scorers()
        return make_report(scores(), at.database, [at.task], advance)

    return jobs().start(("report", at), work, repository().size(at.database, at.queue))


def _fragment(at: Place, sort: str) -> Fragment:
    job = jobs().known(("report", at)) or Job()
    values: dict[str, Any] = {
        "place": at,
        "job": job,
        "sort": sort,
        "summaries": [],
        "plots": [],
        "tables": [],
    }
    if job.result is not None:
        summaries = _sorted(job.result.summaries, sort)
        further = [table for table in tables(job.result) if table.title != "Scores"]
        values |= {"summaries": summaries, "plots": plots(summaries), "tables": further}
    # What grows by the second would have the whole report sent again each second.
    values["age"] = int(job.age // 60)
    return Fragment("report", "evaluations/report_body.html", values)


def _sorted(summaries: Sequence[TaskModelSummary], sort: str) -> list[TaskModelSummary]:
    return sorted(summaries, key=_SORTS.get(sort, _SORTS["model"]), reverse=sort not in ("", "model"))


def _path_of(database: str) -> Callable[[str], str]:
    return lambda task: Place(database, task).path()

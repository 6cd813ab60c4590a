"""Evaluations over HTTP: tasks made, planned, applied, paused and resumed, single answers, the reports of
`ai-worker eval`.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from ai_worker.errors import NotFound
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.control.control import EvaluationControl
from ai_worker.pipelines.evaluations.control.suspension import read_suspensions
from ai_worker.pipelines.evaluations.datasets.importing import Import
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.reports.formats import to_csv, to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.html import to_html
from ai_worker.pipelines.evaluations.reports.plot import save_plot
from ai_worker.pipelines.evaluations.reports.report import report as make_report
from ai_worker.pipelines.evaluations.reports.samples import Sample, chosen_samples
from ai_worker.pipelines.evaluations.reports.tables import Report
from ai_worker.pipelines.evaluations.reports.task_list import TaskLine, task_lines
from ai_worker.pipelines.evaluations.rerun import rerun
from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.pipelines.evaluations.scoring import Kind
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, clock, repository, scores, whole_entries
from ai_worker.settings import settings
from ai_worker.stores.mongo import mongo

reading = APIRouter(tags=["evaluations"])
running = APIRouter(tags=["evaluations"])
ROUTERS = {"read": reading, "run": running}


class Format(StrEnum):
    """The format of a report."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PNG = "png"
    HTML = "html"


def _plot(report: Report) -> bytes:
    if not report.summaries:
        raise NotFound("the tasks have no entries yet: there is nothing to draw")
    drawn = io.BytesIO()
    save_plot(report.summaries, drawn)
    return drawn.getvalue()


_WRITTEN: dict[Format, tuple[str, Callable[[Report], str | bytes]]] = {
    Format.JSON: ("application/json", to_json),
    Format.CSV: ("text/csv; charset=utf-8", lambda report: to_csv(report.summaries)),
    Format.MARKDOWN: ("text/markdown; charset=utf-8", to_markdown),
    Format.PNG: ("image/png", _plot),
    Format.HTML: ("text/html; charset=utf-8", to_html),
}
_REPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report.",
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "object" if "json" in kind else "string"}}
            for kind, _ in _WRITTEN.values()
        },
    },
    404: {"description": "There is no such database or task, or nothing in it."},
}
Database = Annotated[
    str, Query(max_length=63, description="One of EVALUATION_DATABASES; `MONGO_DB` where left out.")
]
Tasks = Annotated[
    list[str], Query(max_length=100, description="Only these tasks (`task_name`); all where left out.")
]


Reason = Annotated[str, Query(max_length=500, description="Why; shown by `ai-worker status`.")]
_NO_TASK: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such database or task."}}
_HELD = _NO_TASK | {409: {"description": "The task is in that state already."}}
_MADE: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such database."},
    409: {"description": "There is a task of that name."},
    422: {"description": "The document is no task that can be worked; the answer names the field."},
}
_EXAMPLES: Any = {
    "claims": {
        "value": {
            "task_name": "claims",
            "dataset_name": "claims",
            "prompt": "{claim}",
            "variables_cols": ["claim"],
            "models": ["gpt-4o"],
            "metric": "accuracy",
            "target": "label",
        }
    }
}


class Made(BaseModel):
    """A task that was made."""

    database: str
    task_name: str


class Applied(BaseModel):
    """The changes to a task's queue.

    Args:
        changes: entries by what became of them, such as `added`.
    """

    changes: dict[str, int]


class Planned(Applied):
    """The effects of applying a task.

    Args:
        calls: to models and judges.
        cost: of those whose price is known.
        unpriced: models that are asked and whose price is not known.
    """

    calls: int
    cost: float
    unpriced: list[str]


class Ended(BaseModel):
    """The rows that a cancellation ended.

    Args:
        rows: how many open rows.
    """

    rows: int


@reading.get("/evaluations/tasks", responses={404: {"description": "There is no such database."}})
def tasks(database: Database = "") -> Sequence[TaskLine]:
    """The evaluation tasks: how many rows and entries each has, and why one was not expanded."""
    name = _worked(database)
    return list(task_lines(repository(), name, read_suspensions(mongo(), name)))


@reading.get("/evaluations/report", response_class=Response, responses=_REPORT)
def report(
    database: Database = "",
    task: Tasks = [],  # noqa: B006 - FastAPI copies it
    format_: Annotated[
        Format, Query(alias="format", description="CSV and PNG hold the scores, the others everything.")
    ] = Format.JSON,
) -> Response:
    """Task × model: score with its 95 % interval, what was not judged, paired comparisons, agreement of
    judges, cost, latency, tokens.

    It is made anew for every request, from all entries of the tasks: not meant to be asked for each second.
    """
    load_scorers()
    name = _worked(database)
    made = make_report(scores(), name, chosen_tasks(name, task))
    media_type, write = _WRITTEN[format_]
    return Response(write(made), media_type=media_type)


@reading.get("/evaluations/tasks/{task}/samples", responses=_NO_TASK)
def samples(
    task: str,
    database: Database = "",
    row: Annotated[list[int], Query(max_length=100, description="Only these `line_index`.")] = [],  # noqa: B006
    model: Annotated[list[str], Query(max_length=100, description="Only these models.")] = [],  # noqa: B006
    verdict: Annotated[list[Kind], Query(description="Only these verdicts.")] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=200, description="The most that are given.")] = 20,
) -> Sequence[Sample]:
    """Single answers of a task: prompt, reasoning, answer, judges, verdict and why."""
    load_scorers()
    name = _worked(database)
    [chosen] = chosen_tasks(name, [task])
    return chosen_samples(whole_entries(name, chosen), lines=row, models=model, kinds=verdict, limit=limit)


@running.post("/evaluations/tasks", status_code=201, responses=_MADE)
def make(
    document: Annotated[dict[str, Any], Body(openapi_examples=_EXAMPLES)], database: Database = ""
) -> Made:
    """Make an evaluation task, as `ai-worker eval import --tasks` does. Its dataset must be there."""
    load_scorers()
    name = _worked(database)
    into = Import(DatasetRepository(mongo()), Archive(mongo()), name, clock().now)
    given = {field: value for field, value in document.items() if field != "_id"}
    [made] = into.tasks([("the task", given)])
    return Made(database=name, task_name=made)


@running.post("/evaluations/tasks/{task}/pause", status_code=204, responses=_HELD)
def pause(task: str, database: Database = "", reason: Reason = "") -> None:
    """Ask nothing more of a task until it is resumed, also of rows in hand."""
    EvaluationControl(mongo).pause(f"{_worked(database)}.{task}", reason)


@running.post("/evaluations/tasks/{task}/resume", status_code=204, responses=_HELD)
def resume(task: str, database: Database = "") -> None:
    """Have a task asked again that was paused or cancelled."""
    EvaluationControl(mongo).resume(f"{_worked(database)}.{task}")


@running.post("/evaluations/tasks/{task}/cancel", responses=_HELD)
def cancel(task: str, database: Database = "", reason: Reason = "") -> Ended:
    """End all open rows of a task as failed."""
    return Ended(rows=EvaluationControl(mongo).cancel(f"{_worked(database)}.{task}", reason))


@reading.get("/evaluations/tasks/{task}/plan", responses=_NO_TASK)
def plan(task: str, database: Database = "") -> Planned:
    """The changes of applying a task, and about what they would cost. It reads the whole queue."""
    load_scorers()
    name = _worked(database)
    [document] = rerun.documents(name, [task])
    made = rerun.plan(name, document, lambda count: None)
    calls = sum(one.calls for one in (*made.models, *made.judges))
    return Planned(changes=_named(made.changes), calls=calls, cost=float(made.cost), unpriced=made.unpriced)


@running.post("/evaluations/tasks/{task}/apply", responses=_NO_TASK)
def apply(task: str, database: Database = "") -> Applied:
    """Do what the plan shows: the start of a task of `confirm: true`, and of changes to any."""
    load_scorers()
    name = _worked(database)
    [document] = rerun.documents(name, [task])
    return Applied(changes=_named(rerun.apply(name, document, lambda count: None)))


def _named(changes: Mapping[Change, int]) -> dict[str, int]:
    return {str(change): count for change, count in changes.items() if count}


def _worked(database: str) -> str:
    """The database that is meant, as long as it is one of those that evaluations work in: others are not for
    this API's business here.
    """
    name = database or settings().mongo_db
    if name not in {*settings().evaluation_databases, *settings().databases_to_expand}:
        raise NotFound(f"{name} is none of the databases that evaluations work in")
    return name

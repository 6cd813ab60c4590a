"""Evaluations over HTTP: which tasks there are, and the same reports as `ai-worker eval report`."""

import io
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ai_worker.errors import NotFound
from ai_worker.pipelines.evaluations.reports.formats import to_csv, to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.plot import save_plot
from ai_worker.pipelines.evaluations.reports.report import report as make_report
from ai_worker.pipelines.evaluations.reports.tables import Report
from ai_worker.pipelines.evaluations.reports.task_list import TaskLine, task_lines
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, repository, scores
from ai_worker.settings import settings

reading = APIRouter(tags=["evaluations"])
ROUTERS = {"read": reading}


class Format(StrEnum):
    """How a report is given."""

    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    PNG = "png"


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


@reading.get("/evaluations/tasks", responses={404: {"description": "There is no such database."}})
def tasks(database: Database = "") -> Sequence[TaskLine]:
    """The evaluation tasks: how many rows and entries each has, and why one was not expanded."""
    return list(task_lines(repository(), _worked(database)))


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


def _worked(database: str) -> str:
    """The database that is meant, as long as it is one of those that evaluations work in: others are nobody's
    business here.
    """
    name = database or settings().mongo_db
    if name not in {*settings().evaluation_databases, *settings().databases_to_expand}:
        raise NotFound(f"{name} is none of the databases that evaluations work in")
    return name

"""The requests that were sent to models, and the audit of the panel itself."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response

from ai_worker.app import PIPELINES
from ai_worker.errors import NotFound
from ai_worker.kit.panel import Page, PanelPages, note, redirect
from ai_worker.web.panel import history
from ai_worker.web.panel.auditing.audit import AuditLog

AUDIT_SHOWN = 200

reading = APIRouter()
running = APIRouter()
Word = Annotated[str, Query(max_length=200)]


@reading.get("/requests")
def requests(
    request: Request,
    log: Word = "",
    row: Word = "",
    operation: Word = "",
    task: Word = "",
    model: Word = "",
    error_class: Word = "",
    outcome: Word = "",
    before: Word = "",
) -> Page:
    """Search the request log."""
    logs = history.logs(request.app.state.panels)
    chosen = log or (logs[0] if logs else "")
    if logs and chosen not in logs:
        raise NotFound(f"there is no request log {chosen!r}; there are: {', '.join(logs)}")
    wanted = {
        "row": row,
        "operation": operation,
        "task": task,
        "model": model,
        "error_class": error_class,
        "outcome": outcome,
    }
    wanted = {name: value.strip() for name, value in wanted.items()}
    found = history.search(chosen, wanted, before) if logs else history.Found([])
    further = urlencode(
        {"log": chosen, **{name: value for name, value in wanted.items() if value}, "before": found.before}
    )
    panels: dict[str, PanelPages] = request.app.state.panels

    def link_of(entry: Mapping[str, Any]) -> str | None:
        pages = panels.get(entry["pipeline"])
        return pages.row_link(str(entry["task"]), str(entry["row_id"])) if pages else None

    of_log = {name: _of_log(panels, name) for name in logs}
    values: dict[str, Any] = {
        "of_log": of_log,
        "again": _controlled_by(of_log.get(chosen, []), wanted["task"]),
        "link_of": link_of,
        "logs": logs,
        "log": chosen,
        "wanted": wanted,
        "found": found,
        "further": further if found.before else "",
    }
    return Page("requests.html", {**values, "window": history.WINDOW})


@running.post("/requests/retry")
def retry_class(
    request: Request,
    log: Annotated[str, Form(max_length=200)],
    task: Annotated[str, Form(min_length=1, max_length=200)],
    error_class: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Have the failed rows of a task asked again, all or those of a class."""
    pipeline = _controlled_by(_of_log(request.app.state.panels, log), task)
    control = PIPELINES[pipeline].control if pipeline else None
    if control is None:
        raise NotFound(f"nothing that can be controlled is named {task!r} in the log {log!r}")
    note(request, f"{control.retry(task, error_class or None)} rows of {task} {error_class}".strip())
    return redirect(f"/panel/requests?{urlencode({'log': log, 'task': task, 'error_class': error_class})}")


def _of_log(panels: Mapping[str, PanelPages], log: str) -> list[str]:
    """The pipelines whose calls are written into a log."""
    return [name for name, pages in panels.items() if log in pages.request_logs()]


def _controlled_by(pipelines: Sequence[str], task: str) -> str:
    """The pipeline whose rows a request's task groups, so that they can be asked again; empty for none."""
    controls = {name: PIPELINES[name].control for name in pipelines if name in PIPELINES}
    return next((name for name, of in controls.items() if task and of is not None and of.knows(task)), "")


@reading.get("/audit")
def audit(request: Request) -> Page:
    """The page of the audit log."""
    log: AuditLog = request.app.state.audit
    return Page("audit.html", {"entries": log.latest(AUDIT_SHOWN)})

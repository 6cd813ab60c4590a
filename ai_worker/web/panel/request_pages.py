"""The requests that were sent to models, and the audit of the panel itself."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request

from ai_worker.errors import NotFound
from ai_worker.kit.panel import Page, PanelPages
from ai_worker.web.panel import history
from ai_worker.web.panel.auditing.audit import AuditLog

AUDIT_SHOWN = 200

reading = APIRouter()
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

    values: dict[str, Any] = {
        "link_of": link_of,
        "logs": logs,
        "log": chosen,
        "wanted": wanted,
        "found": found,
        "further": further if found.before else "",
    }
    return Page("requests.html", {**values, "window": history.WINDOW})


@reading.get("/audit")
def audit(request: Request) -> Page:
    """The page of the audit log."""
    log: AuditLog = request.app.state.audit
    return Page("audit.html", {"entries": log.latest(AUDIT_SHOWN)})

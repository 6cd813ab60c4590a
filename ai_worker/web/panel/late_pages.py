"""The rows of a pipeline whose time has passed: what waits for a worker, and what its worker left."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.pipeline import Kind
from ai_worker.engine.contract.row import Late
from ai_worker.errors import NotFound
from ai_worker.kit.panel import Page, PanelPages

SHOWN = 50

reading = APIRouter()


def address(pipeline: str) -> str:
    """The page of a pipeline's late rows."""
    return f"/panel/late/{pipeline}"


@reading.get("/late/{pipeline}")
def late_rows(request: Request, pipeline: str) -> Page:
    """The page."""
    panels: dict[str, PanelPages] = request.app.state.panels
    if pipeline not in PIPELINES:
        raise NotFound(f"there is no pipeline {pipeline!r}; there are: {', '.join(PIPELINES)}")
    pages = panels.get(pipeline)
    found = [(kind, row) for kind in PIPELINES[pipeline].kinds for row in kind.source.late(SHOWN)]
    latest = sorted(found, key=lambda one: -one[1].seconds)[:SHOWN]
    rows = [_shown(kind, row, pages) for kind, row in latest]
    return Page("late.html", {"pipeline": pipeline, "rows": rows, "shown": SHOWN})


def _shown(kind: Kind, row: Late, pages: PanelPages | None) -> dict[str, Any]:
    # An ObjectId comes as {"$oid": "…"}.
    name = str(next(iter(row.row_id.values()))) if isinstance(row.row_id, dict) else str(row.row_id)
    task = ".".join(row.lane.address) or str(row.lane.value)
    return {
        "kind": kind.name,
        "task": task,
        "lane": row.lane.value,
        "row": name,
        "seconds": row.seconds,
        "leased": row.leased,
        "href": pages.row_link(task, name) if pages else None,
        "requests": f"/panel/requests?{urlencode({'row': name})}",
    }

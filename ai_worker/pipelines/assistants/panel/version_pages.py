"""Versions of the configuration: listed, compared, restored."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from ai_worker.kit.panel import Page, client_name, note, redirect
from ai_worker.pipelines.assistants.panel.places import ROOT
from ai_worker.pipelines.assistants.registry import listing, versions

SHOWN = 50

reading = APIRouter()
running = APIRouter()

Number = Annotated[int, Query(ge=0, le=2**63 - 1)]


@reading.get("/versions")
def all_versions(skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0) -> Page:
    """The newest first: who changed what, and when."""
    rows, total = listing.versions(None, skip, SHOWN)
    more = skip + SHOWN if skip + SHOWN < total else None
    values = {"versions": rows, "total": total, "more": more, "in_force": listing.version_in_force()}
    return Page("assistants/versions.html", values)


@reading.get("/versions/diff")
def diff(earlier: Number, later: Number) -> Page:
    """What differs between two versions, field by field."""
    values = {
        "earlier": earlier,
        "later": later,
        "changes": versions.difference_between(earlier, later),
        "in_force": listing.version_in_force(),
    }
    return Page("assistants/diff.html", values)


@running.post("/versions/{version}/restore")
def restore(request: Request, version: int, why: Annotated[str, Form(max_length=400)] = "") -> Response:
    """Bring everything back to a version; this makes a new one."""
    note(request, f"version {versions.restore(version, client_name(request), why.strip())} is in force")
    return redirect(f"{ROOT}/versions")

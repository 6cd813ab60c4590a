"""Texts in by upload, accepted texts back to their source with a preview."""

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from ai_worker.errors import BadRequest, Conflict, WorkError
from ai_worker.kit.panel import Page, client_name, note, redirect
from ai_worker.pipelines.corrections.asking.prompt import build
from ai_worker.pipelines.corrections.sources.export import PORTION, export_task, exportable
from ai_worker.pipelines.corrections.sources.export_item import Exported, Exporting
from ai_worker.pipelines.corrections.sources.importing import FileTexts, begin, import_into
from ai_worker.pipelines.corrections.sources.importing import queries as import_queries

PREVIEWED = 200
EXPORT_SECONDS = 20.0
"""After which an export pauses, so that the browser has its answer; the next one continues."""

reading = APIRouter()
running = APIRouter()
reviewing = APIRouter()


class _Enough(Exception):
    """Raised between two portions: all that was done so far is stored."""


@reading.get("/import")
def upload_form() -> Page:
    """The form."""
    return Page("corrections/import.html", {"models": import_queries().active_models(), "problem": ""})


@running.post("/import")
def upload(
    request: Request,
    file: Annotated[UploadFile, File()],
    model: Annotated[int, Form(ge=0)],
    kind: Annotated[Literal["correction", "translation"], Form()] = "correction",
    description: Annotated[str, Form(max_length=20_000)] = "",
    column: Annotated[str, Form(max_length=200)] = "text",
    id_column: Annotated[str, Form(max_length=200)] = "source_id",
    source_language: Annotated[str, Form(max_length=35)] = "",
    target_language: Annotated[str, Form(max_length=35)] = "",
) -> Response:
    """Make a task of an uploaded CSV or JSON Lines file."""
    columns = {
        "id_ai_model": model,
        "kind": kind,
        "description": description,
        "source_language": source_language or None,
        "target_language": target_language or None,
        "glossary": None,
    }
    try:
        task, items = _imported(file, columns, column or "text", id_column or "source_id")
    except BadRequest as fault:
        return Page(
            "corrections/import.html",
            {"models": import_queries().active_models(), "problem": str(fault)},
            422,
        )
    note(request, f"task {task}, {items} items, file {Path(file.filename or '').name[:100]!r}")
    return redirect(f"/panel/corrections/tasks/{task}")


@reading.get("/tasks/{id_task}/export")
def preview(id_task: int) -> Page:
    """The texts that an export would write, and the places where the source has changed meanwhile."""
    found: list[Exporting] = []
    problem = ""

    def note_item(item: Exporting) -> None:
        found.append(item)
        if len(found) >= PREVIEWED:
            raise _Enough

    try:
        [task], _ = exportable(id_task)
        export_task(task, note_item, dry_run=True)
    except _Enough:
        pass
    except (Conflict, WorkError) as fault:
        problem = str(fault)
    return _page(id_task, found, problem, len(found) >= PREVIEWED)


@reviewing.post("/tasks/{id_task}/export")
def export(request: Request, id_task: int) -> Response:
    """Write the accepted texts back."""
    [task], _ = exportable(id_task)
    counts = dict.fromkeys(Exported, 0)
    started = time.monotonic()

    def note_item(item: Exporting) -> None:
        counts[item.outcome] += 1
        if sum(counts.values()) % PORTION == 0 and time.monotonic() - started > EXPORT_SECONDS:
            raise _Enough

    pauses = False
    try:
        export_task(task, note_item)
    except _Enough:
        pauses = True
    summary = (
        ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "nothing to export"
    )
    note(request, summary)
    return Page(
        "corrections/exported.html",
        {"id_task": id_task, "counts": counts, "pauses": pauses, "who": client_name(request)},
    )


def _page(id_task: int, found: Sequence[Exporting], problem: str, more: bool) -> Page:
    conflicts = [item for item in found if item.outcome is Exported.CONFLICT]
    failures = [item for item in found if item.outcome is Exported.FAILED]
    fits = [item for item in found if item.outcome is Exported.EXPORTED]
    values = {
        "id_task": id_task,
        "conflicts": conflicts,
        "failures": failures,
        "fits": fits,
        "problem": problem,
    }
    return Page("corrections/export.html", {**values, "more": more, "previewed": PREVIEWED})


def _imported(file: UploadFile, columns: Mapping[str, Any], column: str, id_column: str) -> tuple[int, int]:
    active = {row["id_ai_model"] for row in import_queries().active_models()}
    if columns["id_ai_model"] not in active:
        raise BadRequest("choose a model that is active")
    build(text="", schema=None, **{name: columns[name] for name in columns if name != "id_ai_model"})
    suffix = ".jsonl" if (file.filename or "").lower().endswith((".jsonl", ".ndjson")) else ".csv"
    with tempfile.TemporaryDirectory(prefix="ai-worker-upload-") as folder:
        path = Path(folder) / f"upload{suffix}"
        with path.open("wb") as written:
            shutil.copyfileobj(file.file, written)
        texts = FileTexts(path, column, id_column)
        texts.count()
        task = begin({**columns, **texts.source_columns(None)})
        return task, import_into(task, texts, lambda items: None)

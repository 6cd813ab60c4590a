"""A task of a pipeline that has no page of its own for it: progress live, and what its control offers."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.control import Control
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.errors import NotFound
from ai_worker.kit.panel import Fragment, Page, client_name, follow, note, redirect
from ai_worker.web.progress import pipeline_progress

reading = APIRouter()
running = APIRouter()
Group = Annotated[str, Query(min_length=1, max_length=190)]
GroupField = Annotated[str, Form(min_length=1, max_length=190)]


def address(pipeline: str, group: str) -> str:
    """The page of a task by `TaskProgress.task`."""
    return f"/panel/groups/{pipeline}?{urlencode({'group': group})}"


@reading.get("/groups/{pipeline}")
def group(pipeline: str, group: Group) -> Page:
    """The page."""
    shown = _fragments(pipeline, group)[0].values
    return Page("group.html", {"controls": _control(pipeline, group) is not None, **shown})


@reading.get("/groups/{pipeline}/stream", response_class=EventSourceResponse)
async def group_stream(request: Request, pipeline: str, group: Group) -> AsyncIterator[ServerSentEvent]:
    """Its progress."""
    async for event in follow(request, lambda: _fragments(pipeline, group)):
        yield event


@running.post("/groups/{pipeline}/pause")
def pause_group(request: Request, pipeline: str, group: GroupField) -> Response:
    """Start no more rows of it."""
    _required(pipeline, group).pause(group, f"by {client_name(request)}")
    return _back(request, pipeline, group)


@running.post("/groups/{pipeline}/resume")
def resume_group(request: Request, pipeline: str, group: GroupField) -> Response:
    """Start its rows again."""
    _required(pipeline, group).resume(group)
    return _back(request, pipeline, group)


@running.post("/groups/{pipeline}/stop")
def stop_group(request: Request, pipeline: str, group: GroupField) -> Response:
    """Let rows in hand end, start no further one."""
    _required(pipeline, group).stop(group)
    return _back(request, pipeline, group)


@running.post("/groups/{pipeline}/cancel")
def cancel_group(request: Request, pipeline: str, group: GroupField) -> Response:
    """End its open rows as cancelled."""
    rows = _required(pipeline, group).cancel(group)
    return _back(request, pipeline, group, f"{rows} rows")


@running.post("/groups/{pipeline}/retry")
def retry_group(
    request: Request, pipeline: str, group: GroupField, error_class: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Have its failed rows asked again, all or those of a class."""
    rows = _required(pipeline, group).retry(group, error_class.strip() or None)
    return _back(request, pipeline, group, f"{rows} rows {error_class}")


def _control(pipeline: str, group: str) -> Control | None:
    control = PIPELINES[pipeline].control if pipeline in PIPELINES else None
    return control if control is not None and control.knows(group) else None


def _required(pipeline: str, group: str) -> Control:
    control = _control(pipeline, group)
    if control is None:
        raise NotFound(f"{pipeline} has nothing to control that is named {group!r}")
    return control


def _fragments(pipeline: str, group: str) -> Sequence[Fragment]:
    values = {"pipeline": pipeline, "task": _progress(pipeline, group)}
    return [Fragment("progress", "group_progress.html", values)]


def _progress(pipeline: str, group: str) -> TaskProgress:
    if pipeline not in PIPELINES:
        raise NotFound(f"there is no pipeline {pipeline!r}; there are: {', '.join(PIPELINES)}")
    found = next((task for task in pipeline_progress(pipeline) if task.task == group), None)
    if found is None:
        raise NotFound(f"{pipeline} has no open or recent task {group!r}")
    return found


def _back(request: Request, pipeline: str, group: str, done: str = "") -> Response:
    note(request, f"{group} {done}".strip())
    return redirect(address(pipeline, group))

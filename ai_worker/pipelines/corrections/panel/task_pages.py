"""The tasks, one task with its progress live, and what an operator may do with it."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ai_worker.kit.panel import Attention, Fragment, Page, client_name, follow, note, redirect
from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.panel.filters import LONGEST_ID, REVIEWABLE
from ai_worker.pipelines.corrections.panel.queue_repository import QueueRepository
from ai_worker.pipelines.corrections.panel.task_repository import TaskRepository
from ai_worker.pipelines.corrections.review.review import queries
from ai_worker.pipelines.corrections.statuses import ItemStatus, TaskStatus, name_of
from ai_worker.pipelines.corrections.view.view import task_state

SHOWN = 50
MOST_WAITING = 5

reading = APIRouter()
running = APIRouter()


def task_link(task: str) -> str | None:
    """The page of `Task 42`."""
    number = task.removeprefix("Task ").strip()
    return f"/panel/corrections/tasks/{number}" if number.isdecimal() else None


def row_link(task: str, row: str) -> str | None:
    """The page of an item."""
    return f"/panel/corrections/review/{row}" if row.isdecimal() else None


def attention() -> Sequence[Attention]:
    """The oldest tasks whose answers wait for a reviewer."""
    tasks = QueueRepository(queries().pool).waiting_tasks(MOST_WAITING)
    return [
        Attention(f"Task {task}: answers to review", f"/panel/corrections/review?task={task}")
        for task in tasks
    ]


@reading.get("")
def tasks(before: int = LONGEST_ID) -> Page:
    """The latest tasks."""
    rows = TaskRepository(queries().pool).tasks(before, SHOWN + 1)
    named = [{**row, "status": name_of(TaskStatus, row["status_id"])} for row in rows[:SHOWN]]
    return Page(
        "corrections/tasks.html",
        {"tasks": named, "further": rows[SHOWN - 1]["id_task"] if len(rows) > SHOWN else None},
    )


@reading.get("/tasks/{id_task}")
def task(id_task: int) -> Page:
    """One task."""
    return Page("corrections/task.html", {**_progress(id_task).values, **_rest(id_task)})


@reading.get("/tasks/{id_task}/stream", response_class=EventSourceResponse)
async def task_stream(request: Request, id_task: int) -> AsyncIterator[ServerSentEvent]:
    """Its progress."""
    async for event in follow(request, lambda: [_progress(id_task)]):
        yield event


@running.post("/tasks/{id_task}/pause")
def pause(request: Request, id_task: int) -> Response:
    """Start nothing more of a task."""
    control.pause(id_task, client_name(request))
    return redirect(f"/panel/corrections/tasks/{id_task}")


@running.post("/tasks/{id_task}/resume")
def resume(request: Request, id_task: int) -> Response:
    """Resume a paused task."""
    control.resume(id_task, client_name(request))
    return redirect(f"/panel/corrections/tasks/{id_task}")


@running.post("/tasks/{id_task}/cancel")
def cancel(request: Request, id_task: int) -> Response:
    """End a task with all of its open items."""
    note(request, f"{control.cancel(id_task, client_name(request))} open items cancelled")
    return redirect(f"/panel/corrections/tasks/{id_task}")


@running.post("/tasks/{id_task}/failed/retry")
def retry(request: Request, id_task: int, error_class: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Have failed items asked again, all or those of a class."""
    items = control.retry(id_task, client_name(request), None, error_class or None)
    note(request, f"{items} items{f' that failed by {error_class}' if error_class else ''}")
    return redirect(f"/panel/corrections/tasks/{id_task}")


def _progress(id_task: int) -> Fragment:
    return Fragment("progress", "corrections/task_progress.html", {"task": task_state(id_task)})


def _rest(id_task: int) -> dict[str, object]:
    repository = TaskRepository(queries().pool)
    statuses = [name_of(ItemStatus, status) for status in repository.statuses(id_task)]
    failures = [
        {**row, "status": name_of(ItemStatus, row["status_id"])} for row in repository.failures(id_task)
    ]
    return {"statuses": [name for name in REVIEWABLE if name in statuses], "failures": failures}

"""`ai-worker pause|resume|cancel|retry`: a person's word on a correction task, at once."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.pipelines.corrections import control
from ai_worker.pipelines.corrections.statuses import ItemStatus

WHO = "hand"
TaskOption = Annotated[int, typer.Option("--task", metavar="ID", help="The task (id_task).")]


class Failure(StrEnum):
    """The statuses of items that failed for good, as the command line names them."""

    ERROR = "error"
    REDACTION_MISMATCH = "redaction_mismatch"


def pause(task: TaskOption) -> None:
    """Start nothing more of a task until it is resumed; calls to the model that are under way end and are kept."""
    control.pause(task, WHO)
    Console().print(f"Task {task} is paused.")


def resume(task: TaskOption) -> None:
    """Go on with a paused task."""
    control.resume(task, WHO)
    Console().print(f"Task {task} goes on.")


def cancel(task: TaskOption) -> None:
    """End a task for good with all of its open items; answers that are under way are dropped."""
    items = control.cancel(task, WHO)
    Console().print(f"Task {task} is cancelled, with {items} open items.")


def retry(
    task: TaskOption,
    error_class: Annotated[str | None, typer.Option("--class", metavar="CLASS", help="Only items that failed so, e.g. timeout.")] = None,
    status: Annotated[Failure | None, typer.Option("--status", help="Only items of this status.")] = None,
) -> None:
    """Set items that failed for good pending again. [cyan]ai-worker retry --task 42 --class timeout[/cyan]"""
    items = control.retry(task, WHO, None if status is None else ItemStatus[status.name], error_class)
    Console().print(f"{items} items of task {task} are pending again.")

"""`ai-worker pause|resume|cancel`: a person's word on a correction task, at once; `retry` for any
pipeline's.
"""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.pipelines.corrections.control import control
from ai_worker.pipelines.corrections.statuses import ItemStatus
from ai_worker.pipelines.evaluations.commands import again

WHO = "hand"
TaskOption = Annotated[int, typer.Option("--task", metavar="ID", help="The task (id_task).")]


class Failure(StrEnum):
    """The statuses of items that failed for good, as the command line names them."""

    ERROR = "error"
    REDACTION_MISMATCH = "redaction_mismatch"


class PipelineName(StrEnum):
    """The pipelines whose failed rows a person may set pending again."""

    CORRECTIONS = "corrections"
    EVALUATIONS = "evaluations"


def pause(task: TaskOption) -> None:
    """Start nothing more of a task until it is resumed; calls to the model that are under way end and are
    kept.
    """
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
    task: Annotated[
        str,
        typer.Option(
            "--task", metavar="TASK", help="A correction task's id_task, or an evaluation task's task_name."
        ),
    ],
    error_class: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="Only rows that failed so, e.g. timeout.")
    ] = "",
    status: Annotated[
        Failure | None, typer.Option("--status", help="Only correction items of this status.")
    ] = None,
    pipeline: Annotated[
        PipelineName | None,
        typer.Option("--pipeline", help="Whose task it is; left out: a number is a correction task."),
    ] = None,
) -> None:
    """Set rows that failed for good pending again. [cyan]ai-worker retry --class timeout --task 42[/cyan]"""
    if (pipeline or _pipeline_of(task)) is PipelineName.EVALUATIONS:
        if status is not None:
            raise typer.BadParameter("it is for correction items", param_hint="--status")
        again.retry(task=[task], class_=error_class, failed=True)
        return
    if not task.isdecimal():
        raise typer.BadParameter("a correction task is named by its id_task, a number", param_hint="--task")
    if error_class:
        control.check_error_class(int(task), error_class)
    items = control.retry(
        int(task), WHO, None if status is None else ItemStatus[status.name], error_class or None
    )
    Console().print(f"{items} items of task {task} are pending again.")


def _pipeline_of(task: str) -> PipelineName:
    return PipelineName.CORRECTIONS if task.isdecimal() else PipelineName.EVALUATIONS

"""`ai-worker pause|resume|stop|cancel|retry`: an operator's word on a task of any pipeline, at once."""

from typing import Annotated

import typer
from rich.console import Console

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.control import Control
from ai_worker.errors import BadRequest, NotFound

WHO = "hand"
TaskOption = Annotated[
    str,
    typer.Option(
        "--task",
        metavar="TASK",
        help="The task as `ai-worker status` names it: an id_task, a task_name, a world, a loop, a lane.",
    ),
]
PipelineOption = Annotated[
    str,
    typer.Option(
        "--pipeline", metavar="NAME", help="The task's pipeline, if several have a task of that name."
    ),
]


def pause(task: TaskOption, pipeline: PipelineOption = "") -> None:
    """Start no more rows of a task until it is resumed; calls to the model that are under way end and are
    kept.
    """
    control_of(task, pipeline).pause(task, WHO)
    Console().print(f"Task {task} is paused.")


def resume(task: TaskOption, pipeline: PipelineOption = "") -> None:
    """Start the rows of a paused task again."""
    control_of(task, pipeline).resume(task)
    Console().print(f"Task {task} is resumed.")


def stop(task: TaskOption, pipeline: PipelineOption = "") -> None:
    """End a task: calls under way end and are kept, no further row starts."""
    control_of(task, pipeline).stop(task)
    Console().print(f"Task {task} is stopped.")


def cancel(task: TaskOption, pipeline: PipelineOption = "") -> None:
    """End a task for good with all of its open rows; answers that are under way are dropped."""
    rows = control_of(task, pipeline).cancel(task)
    Console().print(f"Task {task} is cancelled, with {rows} open rows.")


def retry(
    task: TaskOption,
    error_class: Annotated[
        str, typer.Option("--class", metavar="CLASS", help="Only rows that failed so, e.g. timeout.")
    ] = "",
    pipeline: PipelineOption = "",
) -> None:
    """Set rows that failed for good pending again. [cyan]ai-worker retry --class timeout --task 42[/cyan]"""
    rows = control_of(task, pipeline).retry(task, error_class or None)
    counted = f"1 row of task {task} is" if rows == 1 else f"{rows} rows of task {task} are"
    Console().print(f"{counted} pending again.")


def control_of(task: str, pipeline: str = "") -> Control:
    """The control of the pipeline that has the task.

    Args:
        pipeline: the only one to ask; all that are switched on if empty.

    Raises:
        NotFound: none has such a task.
        BadRequest: several have, or there is no such pipeline.
    """
    if pipeline and pipeline not in PIPELINES:
        raise BadRequest(f"no pipeline {pipeline!r} is switched on; PIPELINES has {', '.join(PIPELINES)}")
    asked = [PIPELINES[pipeline]] if pipeline else list(PIPELINES.values())
    having = {one.name: one.control for one in asked if one.control is not None and one.control.knows(task)}
    if not having:
        raise NotFound(f"there is no task {task!r} in {', '.join(one.name for one in asked)}")
    if len(having) > 1:
        raise BadRequest(f"{', '.join(having)} have a task {task!r}: say which by --pipeline")
    [control] = having.values()
    return control

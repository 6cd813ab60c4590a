"""`ai-worker eval pause`, `resume` and `cancel`."""

from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import NotFound
from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TaskOption, chosen_database
from ai_worker.pipelines.evaluations.control.control import EvaluationControl
from ai_worker.pipelines.evaluations.service import repository
from ai_worker.stores.mongo import mongo

ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Shown by status.")]


def pause(task: TaskOption, database: DatabaseOption = "", reason: ReasonOption = "") -> None:
    """Ask nothing more of a task, of its judges neither, until it is resumed. Holds at once, also for rows in
    hand; calls under way end, and their answers are kept.

    Example: [cyan]ai-worker eval pause --task safety --reason "wrong prompt"[/cyan]
    """
    group = _group(database, task)
    EvaluationControl(mongo).pause(group, reason)
    _print(f"{group}: paused")


def resume(task: TaskOption, database: DatabaseOption = "") -> None:
    """Have a task asked again that was paused or cancelled: the rows that waited at once.

    Example: [cyan]ai-worker eval resume --task safety[/cyan]
    """
    group = _group(database, task)
    EvaluationControl(mongo).resume(group)
    _print(f"{group}: resumed")


def cancel(task: TaskOption, database: DatabaseOption = "", reason: ReasonOption = "") -> None:
    """End all open rows of a task as failed, of the class [bold]cancelled[/bold]. Answers stay.

    Example: [cyan]ai-worker eval cancel --task safety[/cyan]
    """
    group = _group(database, task)
    done = EvaluationControl(mongo).cancel(group, reason)
    _print(f"{group}: cancelled, {done} open rows ended")


def _group(database: str, task: str) -> str:
    name = chosen_database(database)
    known = [*repository().asked_tasks(name), *(str(of.get("task_name")) for of in repository().tasks(name))]
    if task not in known:
        shown = ", ".join(dict.fromkeys(known)) or "none"
        raise NotFound(f"there is no task {task!r} in {name}; tasks there: {shown}")
    return f"{name}.{task}"


def _print(text: str) -> None:
    Console().print(text, markup=False, highlight=False)

"""The common parts of the commands of `ai-worker eval`: options and progress bars."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ai_worker.pipelines.evaluations.reports.report import Advance
from ai_worker.settings import settings

DatabaseOption = Annotated[
    str, typer.Option("--database", metavar="NAME", help="The MongoDB database; MONGO_DB where left out.")
]
TasksOption = Annotated[
    list[str] | None,
    typer.Option("--task", metavar="NAME", help="Only this task (task_name); may be repeated."),
]
TaskOption = Annotated[str, typer.Option("--task", metavar="NAME", help="The task (task_name).")]


def chosen_database(database: str) -> str:
    """The database named, else `MONGO_DB`."""
    return database or settings().mongo_db


@contextmanager
def bar(console: Console, what: str, total: int | None) -> Iterator[Advance]:
    """A progress bar for as long as the block runs; gives what advances it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        row = progress.add_task(what, total=total)
        yield lambda count: progress.advance(row, count)

"""The common parts of the commands of `ai-worker eval`: options and progress bars."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import names
from ai_worker.pipelines.evaluations.datasets.task_documents import JUDGE_PLACEHOLDERS
from ai_worker.pipelines.evaluations.reports.report import Advance
from ai_worker.settings import settings

DatabaseOption = Annotated[
    str, typer.Option("--database", metavar="NAME", help="The MongoDB database; MONGO_DB where left out.")
]
TasksOption = Annotated[
    list[str] | None,
    typer.Option("--task", metavar="NAME", help="Only this task (task_name); may be repeated."),
]
TaskFileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The task, a JSON document.")]
TaskOption = Annotated[str, typer.Option("--task", metavar="NAME", help="The task (task_name).")]


def chosen_database(database: str) -> str:
    """The database named, else `MONGO_DB`."""
    return database or settings().mongo_db


def judge_prompt(path: Path) -> str:
    """The prompt for judges that a file holds.

    Raises:
        BadRequest: it cannot be read, or its placeholders are not those of judges.
    """
    try:
        prompt = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadRequest(f"--rta-prompt-file: {path} cannot be read: {fault}") from None
    if set(names(prompt)) - JUDGE_PLACEHOLDERS or "answer" not in names(prompt):
        raise BadRequest(
            f"--rta-prompt-file: {path} may have {{input}} and must have {{answer}}, and no other placeholder"
        )
    return prompt


def write(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        BadRequest: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise BadRequest(f"{path} cannot be written: {fault.strerror or fault}") from None


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

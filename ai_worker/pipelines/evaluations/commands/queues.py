"""`ai-worker eval tasks` and `adopt`: what there is, and taking over what older scripts have left."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TasksOption, bar, chosen_database
from ai_worker.pipelines.evaluations.control.suspension import read_suspensions
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.task_list import TaskLine, task_lines
from ai_worker.pipelines.evaluations.repository import judges_of
from ai_worker.pipelines.evaluations.rerun.adopt_repository import AdoptRepository
from ai_worker.pipelines.evaluations.rerun.adopting import Adoption
from ai_worker.pipelines.evaluations.rerun.repository import PlanRepository
from ai_worker.pipelines.evaluations.scoring.rescoring import rescore
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, clock, judges, repository, scores
from ai_worker.stores.mongo import mongo


def tasks(database: DatabaseOption = "") -> None:
    """List the evaluation tasks: how many rows and entries they have, and why one was not expanded."""
    console = Console()
    name = chosen_database(database)
    table = Table(title=name, title_justify="left")
    for column in ("task", "metric", "models", "rows", "entries", "state"):
        table.add_column(
            column, justify="right" if column in ("models", "rows", "entries") else "left", overflow="fold"
        )
    for line in task_lines(repository(), name, read_suspensions(mongo(), name)):
        table.add_row(*map(Text, _cells(line)))
    console.print(table if table.row_count else f"{name}.tasks is empty")


def _cells(line: TaskLine) -> list[str]:
    return [
        printable(line.task),
        printable(line.metric),
        str(line.models),
        str(line.rows),
        str(line.entries),
        printable(line.state),
    ]


def adopt(
    database: DatabaseOption = "",
    task: TasksOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
) -> None:
    """Take over queues that older scripts have left: stuck entries, entries that are there twice, answers
    without scores.

    Stop those scripts first, and look at [bold]--dry-run[/bold]. What is there twice is kept in
    [cyan]archive_queue_…[/cyan].

    Example: [cyan]ai-worker eval adopt --task safety --dry-run[/cyan]
    """
    console = Console()
    load_scorers()
    name = chosen_database(database)
    for chosen in chosen_tasks(name, task or []):
        queue = f"queue_{chosen}"
        total = repository().size(name, queue) + repository().size(name, judges_of(queue))
        adoption = Adoption(
            AdoptRepository(mongo()),
            judges(),
            scores(),
            PlanRepository(mongo()),
            Archive(mongo()),
            name,
            queue,
            clock().now(),
            dry_run,
        )
        with bar(console, chosen, total) as advance:
            found = adoption.adopt(advance)
        if not dry_run:
            with bar(console, f"{chosen}: scores", total) as advance:
                rescore(scores(), name, queue, clock().now(), advance)
        console.print(
            Text.assemble((printable(chosen), "bold"), "  dry run, nothing is changed" if dry_run else "")
        )
        for finding, count in sorted(found.items()):
            console.print(f"  {count} {finding}", markup=False, highlight=False)
        if not found:
            console.print("  nothing out of the ordinary")

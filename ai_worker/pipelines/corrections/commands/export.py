"""`ai-worker correct export`: accepted texts go back to their source."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.corrections.commands.dry_run import is_plain, marked
from ai_worker.pipelines.corrections.commands.export_file import export_file
from ai_worker.pipelines.corrections.sources.export import export_task, exportable, place_of, queries
from ai_worker.pipelines.corrections.sources.export_item import Exported, Exporting

SHOWN = 20


def export(
    task: Annotated[int | None, typer.Option("--task", metavar="ID", help="Only this task's items.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="Write the task's accepted texts to this file: .csv, .jsonl, .po, .xliff, .srt, .md …",
            dir_okay=False,
        ),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(
            help="The file that the texts are from, if it lies elsewhere than at their import.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compare with the source and show; write nothing anywhere.")
    ] = False,
) -> None:
    """Write accepted texts back to the databases they came from, or with [bold]--file[/bold] to a file.

    A source that changed since its text was read is a conflict: it is shown and never overwritten.

    A file has the form of the one that the texts are from: encoding, delimiters, all columns or fields.

    May be repeated and interrupted at any time. Exit code 1 if something was not exported.

    Examples: [cyan]ai-worker correct export --task 42 --dry-run[/cyan],
    [cyan]ai-worker correct export --task 42 --file pl.po --original en.po[/cyan]
    """
    console = Console()
    if file is not None:
        if task is None:
            raise typer.BadParameter("name the task whose texts are written", param_hint="--task")
        export_file(console, task, file, original, dry_run=dry_run)
        return
    tasks, reasons = exportable(task)
    tally: Counter[Exported] = Counter()
    unexported: list[Exporting] = []
    would_be: list[Exporting] = []
    for one in tasks:
        with _bar(console) as bar:
            row = bar.add_task(
                f"Task {one['id_task']} → {harmless(str(place_of(one)))}",
                total=queries().count_accepted(one["id_task"]),
            )

            def told(item: Exporting, bar: Progress = bar, row: TaskID = row) -> None:
                bar.advance(row)
                if item.outcome is not Exported.EXPORTED:
                    unexported.append(item)
                elif dry_run and len(would_be) < SHOWN:
                    would_be.append(item)

            tally += export_task(one, told, dry_run=dry_run)
    for reason in reasons:
        console.print(Text(harmless(f"left out: {reason}"), style="yellow"))
    for item in [*would_be, *unexported[:SHOWN]]:
        _show(console, item)
    if len(unexported) > SHOWN:
        console.print(f"… and {len(unexported) - SHOWN} more: task_item.error says why")
    counts = (
        ", ".join(f"{outcome}: {count}" for outcome, count in tally.items())
        or "nothing is accepted and not yet exported"
    )
    console.print(f"{'Dry run, nothing was written. ' if dry_run else ''}{counts}")
    raise typer.Exit(1 if unexported else 0)


def _show(console: Console, item: Exporting) -> None:
    head = f"[TaskItem {item.id_task_item}] source_id {item.source_id}: {item.reason or item.outcome}"
    console.print(Text(harmless(head), style="" if item.outcome is Exported.EXPORTED else "red"))
    if item.outcome is Exported.EXPORTED:
        console.print(marked(item.before, item.after, marks=is_plain(console)))
    elif item.there is not None:
        console.print(Text("  what others changed there since:", style="dim"))
        console.print(marked(item.before, item.there, marks=is_plain(console)))


def _bar(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

"""`ai-worker run`: correction items here and now, in this process, without a broker."""

from typing import Annotated

import typer
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ai_worker.engine.contract.pipeline import Outcome
from ai_worker.engine.contract.row import Claim
from ai_worker.engine.worker.group_watch import close_unfinished, group_watch
from ai_worker.engine.worker.local import run_lanes, run_rows
from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.corrections.commands.dry_run import show_dry_run, show_forecast
from ai_worker.pipelines.corrections.control.selection import chosen_lanes, reserve_item
from ai_worker.pipelines.corrections.tasks import CORRECT, GROUPS
from ai_worker.settings import settings
from ai_worker.stores.redis import limits_redis

TaskOption = Annotated[
    int | None, typer.Option("--task", metavar="ID", help="Only this task's items (id_task), oldest first.")
]
ItemOption = Annotated[
    int | None, typer.Option("--task-item", metavar="ID", help="Only this item (id_task_item).")
]
LimitOption = Annotated[int | None, typer.Option("--max-item", metavar="N", min=1, help="At most N items.")]


def run(
    task: TaskOption = None,
    task_item: ItemOption = None,
    max_item: LimitOption = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Ask the model and show the result; task and item rows stay as they are."
        ),
    ] = False,
    no_call: Annotated[
        bool,
        typer.Option(
            "--no-call", help="With --dry-run: ask no model; print rows, tokens and a low and a high cost."
        ),
    ] = False,
) -> None:
    """Correct items [bold]here and now[/bold], without workers or a broker: for cron, cmd and PowerShell.

    Without an id: the oldest active tasks, until the limit. Exit code 1 if an item failed for good.

    Examples: [cyan]ai-worker run --task 42 --max-item 10[/cyan], [cyan]ai-worker run --task-item 1005
        --dry-run[/cyan]
    """
    console = Console()
    if no_call:
        if not dry_run:
            raise typer.BadParameter("it goes with --dry-run", param_hint="--no-call")
        show_forecast(console, task, task_item, max_item)
        return
    _tell_limits(console)
    if dry_run:
        raise typer.Exit(1 if show_dry_run(console, task, task_item, max_item) else 0)
    with _bar(console) as bar:
        row = bar.add_task("items", total=None, note="")

        def told(claim: Claim, outcome: Outcome) -> None:
            bar.update(row, advance=1, note=f"\\[TaskItem {claim.row_id}] {outcome}")

        if task_item is not None:
            tally = run_rows(CORRECT, reserve_item(task_item), told)
        else:
            tally = run_lanes(CORRECT, chosen_lanes(task), max_item, told)
    group_watch(GROUPS).flush()
    close_unfinished(CORRECT)
    console.print(
        ", ".join(f"{outcome}: {count}" for outcome, count in sorted(tally.items())) or "Nothing is due."
    )
    if tally[Outcome.FAILED]:
        raise typer.Exit(1)


def _tell_limits(console: Console) -> None:
    if not settings().redis_url:
        console.print("[yellow]REDIS_URL is not set: the models' limits hold for this process only.[/yellow]")
        return
    try:
        limits_redis().ping()
    except RedisError as fault:
        raise ConfigurationError(
            f"REDIS_URL: Redis does not answer ({type(fault).__name__}); start it, or unset REDIS_URL"
        ) from None


def _bar(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(
        *columns,
        TextColumn("{task.fields[note]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )

"""`ai-worker watch`: a live bar for every task."""

import time
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.kit.terminal import harmless

LOOK_SECONDS = 0.5
SPEED_SECONDS = 10.0

Ended = Callable[[Sequence[TaskProgress]], bool]


def watch(
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing is open any more.")] = False,
) -> None:
    """Follow every task: done, failed, in flight, rows per second, time left. Ctrl-C stops watching, never
    the work.
    """
    try:
        follow(
            Console(),
            until=(lambda tasks: all(task.ended for task in tasks)) if once else (lambda tasks: False),
        )
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def follow(console: Console, until: Ended) -> list[TaskProgress]:
    """Draw the bars until the condition holds; returns the tasks as they were then."""
    with _bars(console) as bars:
        rows: dict[tuple[str, str], TaskID] = {}
        while True:
            tasks = [task for pipeline in PIPELINES.values() for task in pipeline.progress()]
            for task in tasks:
                _draw(bars, rows, task)
            if until(tasks):
                return tasks
            time.sleep(LOOK_SECONDS)


def _draw(bars: Progress, rows: dict[tuple[str, str], TaskID], task: TaskProgress) -> None:
    # Two pipelines may have a task of one name, as lanes of one model.
    key = (task.pipeline, task.task)
    if key not in rows:
        rows[key] = bars.add_task(escape(harmless(task.task)), total=None, open="", speed="")
    row = rows[key]
    open_rows = f"{task.in_flight} in flight" if task.in_flight else ""
    failed = f"[red]{task.failed} failed[/red]" if task.failed else ""
    bars.update(
        row,
        total=task.total,
        completed=task.done + task.failed,
        open=" ".join(filter(None, (failed, open_rows))),
    )
    speed = next(shown for shown in bars.tasks if shown.id == row).speed
    bars.update(row, speed=f"{speed:.1f}/s" if speed and not task.ended else "")


def _bars(console: Console) -> Progress:
    # One line a task, whatever the terminal's width: a line that wraps would leave copies of itself behind.
    def cut(ratio: int | None = None) -> Column:
        return Column(no_wrap=True, overflow="ellipsis", ratio=ratio)

    return Progress(
        TextColumn("{task.description}", table_column=cut(1)),
        BarColumn(bar_width=10),
        TextColumn("{task.completed}/{task.total}", table_column=cut()),
        TextColumn("{task.fields[open]}", table_column=cut()),
        TextColumn("{task.fields[speed]}", table_column=cut()),
        TimeRemainingColumn(compact=True, table_column=cut()),
        console=console,
        expand=True,
        speed_estimate_period=SPEED_SECONDS,
    )

"""`ai-worker watch`: a live bar for every task."""

import time
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.progress import TaskProgress

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
        rows: dict[str, TaskID] = {}
        while True:
            tasks = [task for pipeline in PIPELINES.values() for task in pipeline.progress()]
            for task in tasks:
                _draw(bars, rows, task)
            if until(tasks):
                return tasks
            time.sleep(LOOK_SECONDS)


def _draw(bars: Progress, rows: dict[str, TaskID], task: TaskProgress) -> None:
    if task.task not in rows:
        rows[task.task] = bars.add_task(task.task, total=None, failed=0, in_flight=0, speed="")
    row = rows[task.task]
    bars.update(
        row, total=task.total, completed=task.done + task.failed, failed=task.failed, in_flight=task.in_flight
    )
    speed = next(shown for shown in bars.tasks if shown.id == row).speed
    bars.update(row, speed=f"{speed:.1f}/s" if speed and not task.ended else "")


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("[red]{task.fields[failed]} failed[/red]"),
        TextColumn("{task.fields[in_flight]} in flight"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=console,
        speed_estimate_period=SPEED_SECONDS,
    )

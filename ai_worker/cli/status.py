"""`ai-worker status`: every pipeline's rows by state."""

from rich.console import Console
from rich.table import Table

from ai_worker.app import PIPELINES


def status() -> None:
    """Show every pipeline's tasks with their rows by state."""
    console = Console()
    for pipeline in PIPELINES.values():
        table = Table(title=pipeline.name, title_justify="left")
        for column in ("task", "state", "rows by status"):
            table.add_column(column)
        for task in pipeline.progress():
            counts = ", ".join(f"{name} {count}" for name, count in sorted(task.counts.items()))
            table.add_row(task.task, task.state, counts)
        console.print(table if table.row_count else f"{pipeline.name}: no tasks yet")

"""`ai-worker eval plan` and `apply`: what a changed task, dataset or list of models means for its queue, and
doing it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TasksOption, bar, chosen_database
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.tables import NONE
from ai_worker.pipelines.evaluations.rerun import rerun
from ai_worker.pipelines.evaluations.rerun.differences import Change
from ai_worker.pipelines.evaluations.rerun.plan import Plan, Planned
from ai_worker.stores.mongo import Document

SHOWN = [change for change in Change if change is not Change.UNCHANGED]


def plan(database: DatabaseOption = "", task: TasksOption = None) -> None:
    """Show what [bold]apply[/bold] would do, and about what it would cost. Nothing is changed.

    Added: not yet in the queue. Stale: its prompt, model or row has changed, to be asked anew. Removed: its
        row, model or sample is gone.

    Example: [cyan]ai-worker eval plan --task safety[/cyan]
    """
    console = Console()
    name = chosen_database(database)
    for document in rerun.documents(name, task or []):
        show_plan(console, _planned(console, name, document))


def apply(
    database: DatabaseOption = "",
    task: TasksOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")] = False,
) -> None:
    """Do what [bold]plan[/bold] shows. What is taken out of a queue is kept in [cyan]archive_queue_…[/cyan].

    Entries that are as they should be are never asked again.

    Example: [cyan]ai-worker eval apply --task safety --yes[/cyan]
    """
    console = Console()
    name = chosen_database(database)
    for document in rerun.documents(name, task or []):
        found = _planned(console, name, document)
        show_plan(console, found)
        if found.empty or not (yes or typer.confirm(f"Apply this to {found.task}?")):
            continue
        with bar(console, found.task, rerun.rows_of(name, document)) as advance:
            done = rerun.apply(name, document, advance)
        console.print(_told(done) or "nothing was left to do", highlight=False)


def _planned(console: Console, database: str, document: Document) -> Plan:
    with bar(console, str(document.get("task_name")), rerun.rows_of(database, document)) as advance:
        return rerun.plan(database, document, advance)


def show_plan(console: Console, plan: Plan) -> None:
    """Print a plan: a line for each model whose entries change, and for each judge that is asked."""
    console.print(
        Text.assemble((printable(plan.task), "bold"), f"  {_told(plan.changes) or 'no entries yet'}")
    )
    if not plan.empty:
        console.print(_table(plan))
        console.print(Text(_cost(plan)))
    if doubles := plan.changes[Change.DOUBLE]:
        console.print(
            f"{doubles} entries are there twice: [cyan]ai-worker eval adopt --task "
            f"{plan.task}[/cyan] sets them aside"
        )


def _cost(plan: Plan) -> str:
    if not plan.unpriced:
        return f"about {plan.cost:.4f} in all"
    unpriced = ", ".join(map(printable, plan.unpriced))
    return f"about {plan.cost:.4f} in all, without those whose price models.toml does not give: {unpriced}"


def _told(changes: Counter[Change]) -> str:
    return ", ".join(f"{changes[change]} {change}" for change in Change if changes[change])


def _table(plan: Plan) -> Table:
    shown = [change for change in SHOWN if plan.changes[change]]
    table = Table(
        "model",
        *(str(change) for change in shown),
        "calls",
        "about",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for planned in (*plan.models, *plan.judges):
        if planned.calls or any(planned.changes[change] for change in shown):
            table.add_row(*map(Text, _cells(planned, shown)))
    return table


def _cells(planned: Planned, shown: Sequence[Change]) -> list[str]:
    counts = [str(planned.changes[change]) if planned.changes else "" for change in shown]
    cost = NONE if planned.cost is None else f"{planned.cost:.4f}"
    return [printable(planned.model), *counts, str(planned.calls), cost if planned.calls else ""]

"""`ai-worker eval judges`: the judges that a task names."""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.llm.registry.catalogue import model_named
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.commands.options import (
    DatabaseOption,
    TaskOption,
    TasksOption,
    chosen_database,
    judge_prompt,
)
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.entries import RTA, judges_named
from ai_worker.pipelines.evaluations.judging.task_judges import TaskJudges
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.rerun import rerun
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import clock
from ai_worker.stores.mongo import mongo

group = typer.Typer(
    help="The judges that a task of the metric RtA names: list, add, remove.", no_args_is_help=True
)
Models = Annotated[list[str], typer.Argument(metavar="MODEL", help="The judge's model; several at once too.")]
SHOWN = 60


@group.command("list")
def list_(database: DatabaseOption = "", task: TasksOption = None) -> None:
    """List the judges of every task that has some, and the beginning of what they are asked.

    Example: [cyan]ai-worker eval judges list[/cyan]
    """
    console, name = Console(), chosen_database(database)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("task", "judge", "temperature", "seed", "asked"):
        table.add_column(heading, overflow="fold")
    for document in rerun.documents(name, task or []):
        if document.get("metric") == RTA:
            asked = printable(" ".join(str(document.get("rta_prompt") or "").split()))
            shown = asked if len(asked) <= SHOWN else asked[: SHOWN - 1] + "…"
            sampling = [_given(document.get(field)) for field in ("rta_temperature", "rta_seed")]
            judges = "\n".join(map(printable, judges_named(document))) or "none"
            cells = [printable(str(document.get("task_name"))), judges, *sampling, shown]
            table.add_row(*map(Text, cells))
    console.print(table if table.row_count else f"no task of {name} has the metric {RTA}")


@group.command()
def add(
    model: Models,
    task: TaskOption,
    database: DatabaseOption = "",
    rta_prompt_file: Annotated[
        Path | None,
        typer.Option(
            "--rta-prompt-file",
            metavar="FILE",
            help="What all judges are asked, with {input} and {answer}; the task's own if not given, else a "
            "shipped one for REFUSED or ANSWERED.",
        ),
    ] = None,
    regexp: Annotated[
        str | None, typer.Option("--regexp", help="Finds the verdict in what they say.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--rta-temperature", min=0, help="Passed on to all judges.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--rta-seed", help="Passed on to all judges.")] = None,
) -> None:
    """Add judges to a task. Several decide by majority, so an odd number is best.

    Nothing is asked yet: [cyan]ai-worker eval plan[/cyan] shows what it costs, [cyan]eval apply[/cyan] asks.

    Examples: [cyan]ai-worker eval judges add gpt-4o --task safety[/cyan],
    [cyan]ai-worker eval judges add judge-1 judge-2 --task safety --rta-prompt-file prompt.txt[/cyan]
    """
    load_scorers()
    name = chosen_database(database)
    prompt = None if rta_prompt_file is None else judge_prompt(rta_prompt_file)
    fields = {"rta_prompt": prompt, "regexp": regexp, "rta_temperature": temperature, "rta_seed": seed}
    [document] = rerun.documents(name, [task])
    _print(task, _judges(name).add(document, list(dict.fromkeys(model)), fields))
    for fault in filter(None, (model_named(judge).fault for judge in dict.fromkeys(model))):
        Console(stderr=True).print(f"its questions wait: {fault}", markup=False, highlight=False)


@group.command()
def remove(model: Models, task: TaskOption, database: DatabaseOption = "") -> None:
    """Take judges away from a task. Their judgements are kept in [cyan]archive_queue_rta_…[/cyan].

    Example: [cyan]ai-worker eval judges remove gpt-4o --task safety[/cyan]
    """
    load_scorers()
    name = chosen_database(database)
    [document] = rerun.documents(name, [task])
    _print(task, _judges(name).remove(document, model))


def _judges(database: str) -> TaskJudges:
    return TaskJudges(DatasetRepository(mongo()), Archive(mongo()), database, clock().now)


def _given(value: object) -> str:
    return "" if value is None else str(value)


def _print(task: str, judges: list[str]) -> None:
    console = Console()
    console.print(f"{task}: judged by {', '.join(judges)}", markup=False, highlight=False)
    console.print(
        f"Next: ai-worker eval plan --task {task} shows what it costs, ai-worker eval apply --task {task} "
        "does it.",
        markup=False,
        highlight=False,
    )

"""`ai-worker eval import` and `export`: datasets and tasks in, entries with their scores out."""

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.archive import Archive
from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TasksOption, bar, chosen_database
from ai_worker.pipelines.evaluations.data_files import read_rows
from ai_worker.pipelines.evaluations.datasets.exporting import records, writer_for
from ai_worker.pipelines.evaluations.datasets.importing import Import, task_documents
from ai_worker.pipelines.evaluations.datasets.repository import DatasetRepository
from ai_worker.pipelines.evaluations.rerun.rerun import plan
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, clock, repository, scores
from ai_worker.pipelines.evaluations.trustllm import trustllm_task
from ai_worker.stores.mongo import Document, mongo

FileArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="CSV, TSV, JSON Lines, JSON (a list) or Parquet, by its ending."),
]


def import_(
    file: FileArgument,
    database: DatabaseOption = "",
    dataset: Annotated[
        str, typer.Option("--dataset", metavar="NAME", help="The file holds rows: they become dataset_NAME.")
    ] = "",
    tasks: Annotated[
        bool, typer.Option("--tasks", help="The file holds evaluation tasks: they become documents of tasks.")
    ] = False,
    trustllm: Annotated[
        bool, typer.Option("--trustllm", help="With --dataset: a TrustLLM file, whose task is made, too.")
    ] = False,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="MODEL", help="With --trustllm: ask this model; repeatable."),
    ] = None,
    rta_model: Annotated[
        list[str] | None,
        typer.Option("--rta-model", metavar="MODEL", help="With --trustllm: a judge; repeatable."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--values", metavar="COLUMN", help="Its cells are numbers, true, null, …; * for all."),
    ] = None,
    list_: Annotated[
        list[str] | None,
        typer.Option("--list", metavar="COLUMN", help="Its cells are lists: JSON, or divided by ; or |."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put what is there under the same name away into archive_….")
    ] = False,
) -> None:
    """Bring a dataset, or evaluation tasks, into the database. Everything is checked first: on an error
    nothing is written.

    Examples: [cyan]ai-worker eval import rows.csv --dataset claims[/cyan], [cyan]ai-worker eval import
    tasks.json --tasks[/cyan], [cyan]ai-worker eval import exaggerated_safety.json --dataset safety --trustllm
    --model gpt-4o --rta-model judge[/cyan]
    """
    load_scorers()
    if bool(dataset) == tasks:
        raise BadRequest(
            "what does the file hold? Say --dataset NAME for rows, or --tasks for evaluation tasks"
        )
    if trustllm and not (dataset and model):
        raise BadRequest("--trustllm needs --dataset NAME and at least one --model")
    console = Console()
    name = chosen_database(database)
    into = Import(
        DatasetRepository(mongo()), Archive(mongo()), name, clock().now, replace, values or [], list_ or []
    )
    if tasks:
        made = into.tasks(task_documents(file))
        console.print(f"{len(made)} tasks in {name}.tasks: {', '.join(made)}", markup=False, highlight=False)
        return
    documents: list[Document] = []
    if trustllm:
        rows_of_file = (row for _, row in read_rows(file))
        documents = [trustllm_task(dataset, rows_of_file, model or [], rta_model or [])]
    into.refuse_what_is_there(dataset, [document["task_name"] for document in documents])
    with bar(console, file.name, None) as advance:
        rows = into.dataset(file, dataset, advance, [EvaluationTask.read(document) for document in documents])
    console.print(f"{rows} rows in {name}.dataset_{dataset}", markup=False, highlight=False)
    if replace:
        _print_stale(console, name, dataset)
    for of_file in into.tasks((f"the task of {file}", document) for document in documents):
        console.print(f"task {of_file} in {name}.tasks", markup=False, highlight=False)


def _print_stale(console: Console, database: str, dataset: str) -> None:
    """Say which tasks' answers the new rows have made stale, and what to do about it."""
    for document in repository().tasks(database):
        if document.get("dataset_name") != dataset or not repository().size(
            database, f"queue_{document.get('task_name')}"
        ):
            continue
        try:
            planned = plan(database, document, lambda count: None)
        except BadRequest:
            # Its own fault, which `ai-worker eval tasks` shows.
            continue
        counts = [f"{count} {change}" for change, count in planned.changes.items() if count]
        said = f"task {planned.task}: {', '.join(counts)}"
        if not planned.empty:
            said += "; ai-worker eval plan shows it, eval apply does it"
        console.print(said, markup=False, highlight=False)


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines, CSV or Parquet, by its ending.")],
    database: DatabaseOption = "",
    task: TasksOption = None,
) -> None:
    """Write the entries with their scores, and each judge's verdict, into a file: one record an entry.

    Example: [cyan]ai-worker eval export safety.jsonl --task safety[/cyan]
    """
    load_scorers()
    name = chosen_database(database)
    chosen = chosen_tasks(name, task or [])
    write = writer_for(file)
    partial = file.with_name(file.name + ".part")
    try:
        with bar(
            Console(stderr=True), file.name, sum(repository().size(name, f"queue_{of}") for of in chosen)
        ) as advance:
            found = chain.from_iterable(records(scores(), name, f"queue_{of}", advance) for of in chosen)
            written = write(partial, found)
        partial.replace(file)
    except OSError as fault:
        raise BadRequest(f"{file} cannot be written: {fault.strerror or fault}") from None
    finally:
        partial.unlink(missing_ok=True)
    Console().print(f"{written} entries in {file}", markup=False, highlight=False)

"""`ai-worker eval run`: an evaluation in one step, without a database or workers."""

import json
import logging
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr
from rich.console import Console

from ai_worker.errors import BadRequest
from ai_worker.llm.model import Model
from ai_worker.llm.registry.catalogue import key_of, model_named
from ai_worker.outbound.errors import Unreachable
from ai_worker.pipelines.evaluations.commands.options import TaskFileArgument, bar, write
from ai_worker.pipelines.evaluations.commands.report_view import show
from ai_worker.pipelines.evaluations.datasets.task_documents import checked
from ai_worker.pipelines.evaluations.entries import judges_named
from ai_worker.pipelines.evaluations.reports.html import to_html
from ai_worker.pipelines.evaluations.reports.report import report_of
from ai_worker.pipelines.evaluations.reports.samples import chosen_samples
from ai_worker.pipelines.evaluations.schemas import EvaluationTask
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.trial.results import Results
from ai_worker.pipelines.evaluations.trial.rows import FileRows
from ai_worker.pipelines.evaluations.trial.run import TrialRun
from ai_worker.settings import settings

SHOWN_SAMPLES = 200
_OF_CALLS = ("ai_worker.llm", "ai_worker.outbound")
"""Loggers of single calls: the report counts them, and an error that ends the run is shown by itself."""


def run(
    file: TaskFileArgument,
    data: Annotated[
        Path, typer.Option("--data", metavar="ROWS", help="CSV, TSV, JSON Lines, JSON or Parquet.")
    ],
    model: Annotated[
        list[str] | None, typer.Option("--model", metavar="MODEL", help="In place of the task's; repeatable.")
    ] = None,
    base_url: Annotated[
        str,
        typer.Option("--base-url", metavar="URL", help="A server of OpenAI's form; its key: OPENAI_API_KEY."),
    ] = "",
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first rows.")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Only this number of rows, drawn.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of --sample.")] = 0,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=256)] = 8,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE.jsonl", help="The results; TASK.results.jsonl if not given."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE.html", help="The report as a page.")
    ] = None,
    list_: Annotated[
        list[str] | None, typer.Option("--list", metavar="COLUMN", help="Its cells are lists; repeatable.")
    ] = None,
) -> None:
    """Run an evaluation in this process, without a database or workers, and print its report. Run again, it
    continues: what was answered is not asked again.

    Example: [cyan]ai-worker eval run task.json --data rows.csv --model gpt-4o[/cyan]
    """
    _check_address(base_url)
    for name in _OF_CALLS:
        if not logging.getLogger().isEnabledFor(logging.DEBUG):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    load_scorers()
    task = read_task(file, model or [], {"limit": limit, "sample": sample, "seed": seed if sample else None})
    rows = FileRows.read(data, task, list_ or [])
    results = output or file.with_suffix(".results.jsonl")
    models = {name: _model(name, base_url) for name in dict.fromkeys([*task.models, *_judges(task)])}
    redact = settings().redact_evaluations
    with Results(results) as kept:
        trial = TrialRun(task, rows, models, kept.known, kept.add, redact, concurrency)
        with bar(Console(stderr=True), task.task_name, trial.count()) as advance:
            try:
                entries = trial.run(advance)
            except Unreachable as fault:
                where = "--base-url" if base_url else "models"
                raise BadRequest(f"{where}: {fault}; start the server or correct its address") from None
            except KeyboardInterrupt:
                trial.stop()
                raise
    made = report_of([(task.task_name, entries)])
    console = Console()
    show(console, made)
    console.print(f"results: {results}", markup=False, highlight=False)
    if html is not None:
        write(html, to_html(made, chosen_samples(entries, limit=SHOWN_SAMPLES), task.task_name))
    if not any(entry.verdict.judged for entry in entries):
        raise typer.Exit(1)


def read_task(file: Path, models: list[str], also: dict[str, Any]) -> EvaluationTask:
    """The task of a file, which may leave out its name, its dataset and its models.

    Args:
        models: in place of the task's, where there are any.
        also: further fields, those that are not None.

    Raises:
        BadRequest: the file is no task.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise BadRequest(f"{file} cannot be read: {fault.strerror or fault}") from None
    except ValueError as fault:
        raise BadRequest(f"{file} is not JSON: {fault}") from None
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if not isinstance(document, dict):
        raise BadRequest(f"{file} must hold one task, a JSON object")
    name = file.name.partition(".")[0]
    given = {name: value for name, value in also.items() if value is not None}
    return checked(
        {
            "task_name": name,
            "dataset_name": name,
            **document,
            **given,
            **({"models": models} if models else {}),
        }
    )


def _check_address(base_url: str) -> None:
    try:
        parts = urlsplit(base_url)
        fits = not base_url or (parts.scheme in ("http", "https") and bool(parts.hostname))
    except ValueError:
        fits = False
    if not fits:
        raise BadRequest(f"--base-url: {base_url!r} is no address such as http://127.0.0.1:8000/v1")


def _judges(task: EvaluationTask) -> list[str]:
    return judges_named({"rta_model": task.rta_model}) if task.metric == "RtA" else []


def _model(name: str, base_url: str) -> Model:
    if not base_url:
        return model_named(name)
    key = SecretStr(key_of("openai").get_secret_value())
    return Model(
        name, "openai", base_url.rstrip("/"), key, deadline_seconds=settings().model_deadline_seconds
    )

"""`ai-worker eval init`: a task file from six questions, or from flags in their place."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import names
from ai_worker.pipelines.evaluations.commands.options import TaskFileArgument, judge_prompt, write
from ai_worker.pipelines.evaluations.datasets.task_documents import checked
from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.judging.shipped import VERDICT, refusal_prompt
from ai_worker.pipelines.evaluations.scoring import metrics
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers

INCLUDE_EXCLUDE = "include_exclude"


def init(
    file: TaskFileArgument,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="ROWS", help="The rows, for their columns.")
    ] = None,
    prompt: Annotated[str, typer.Option("--prompt", help="The question, with {columns}.")] = "",
    target: Annotated[
        str, typer.Option("--target", metavar="COLUMN", help="The right answer's column.")
    ] = "",
    metric: Annotated[str, typer.Option("--metric", help="accuracy, choice, f1, exact, RtA, …")] = "",
    model: Annotated[list[str] | None, typer.Option("--model", metavar="MODEL", help="Repeatable.")] = None,
    regexp: Annotated[str, typer.Option("--regexp", help="Finds the answer in the response.")] = "",
    rta_model: Annotated[
        list[str] | None, typer.Option("--rta-model", metavar="MODEL", help="Of RtA: a judge; repeatable.")
    ] = None,
    rta_prompt_file: Annotated[
        Path | None,
        typer.Option(
            "--rta-prompt-file",
            metavar="FILE",
            help="Of RtA: what judges are asked, with {input} and {answer}; a shipped one if not given.",
        ),
    ] = None,
    include: Annotated[
        str, typer.Option("--include", metavar="COLUMN", help="Of include_exclude: what must occur.")
    ] = "",
    exclude: Annotated[
        str, typer.Option("--exclude", metavar="COLUMN", help="Of include_exclude: what must not.")
    ] = "",
) -> None:
    """Write a task file: six questions, or flags in their place.

    Examples: [cyan]ai-worker eval init task.json --data rows.csv[/cyan],
    [cyan]ai-worker eval init safety.json --prompt "{question}" --metric RtA --model m --rta-model j[/cyan]
    """
    if file.exists():
        raise BadRequest(f"{file} is there already; choose another name")
    load_scorers()
    columns = _columns(data)
    asked = _question(prompt, columns)
    chosen = metric or _metric()
    judging = "" if rta_prompt_file is None else judge_prompt(rta_prompt_file)
    rules = {
        RTA: lambda: _judged(rta_model or [], judging, regexp),
        INCLUDE_EXCLUDE: lambda: _occurring(include, exclude, columns),
    }.get(chosen, lambda: _right(target, regexp, columns, alone=bool(prompt)))()
    name = file.name.partition(".")[0]
    document = {
        "task_name": name,
        "dataset_name": name,
        "prompt": asked,
        "variables_cols": _placeholders(asked),
        "metric": chosen,
        **rules,
        "models": model or [typer.prompt("Model")],
    }
    document = {field: value for field, value in document.items() if value not in ("", [])}
    checked(document)
    _check_columns(document, columns, data)
    write(file, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    next_step = f"ai-worker eval run {file} --data {data or 'rows.csv'}"
    Console().print(f"{file} is written. Next: {next_step}", markup=False, highlight=False)


def _question(prompt: str, columns: Sequence[str]) -> str:
    if prompt:
        return prompt
    shown = f" (columns: {', '.join(columns)})" if columns else ""
    first = columns[0] if columns else "question"
    return str(typer.prompt(f"The question, with {{columns}}{shown}", default=f"{{{first}}}"))


def _metric() -> str:
    return str(typer.prompt(f"Metric ({', '.join(metrics())})", default="accuracy"))


def _right(target: str, regexp: str, columns: Sequence[str], *, alone: bool) -> dict[str, Any]:
    """The fields of a task whose rows hold the right answer.

    Args:
        alone: whether the rest comes by flags, so that what may be left out is not asked for.
    """
    last = columns[-1] if columns else ""
    found = target or typer.prompt("The column with the right answer", default=last)
    question = "A regexp that finds the answer; empty: all of it"
    return {
        "target": found,
        "regexp": regexp or ("" if alone else typer.prompt(question, default="", show_default=False)),
    }


def _judged(models: Sequence[str], prompt: str, regexp: str) -> dict[str, Any]:
    """The fields of a task whose answers judges read."""
    named = list(models) or [typer.prompt("The judge's model, who tells refusals from answers")]
    return {
        "rta_model": named[0] if len(named) == 1 else named,
        "rta_prompt": prompt or refusal_prompt(),
        "regexp": regexp or ("" if prompt else VERDICT),
    }


def _occurring(include: str, exclude: str, columns: Sequence[str]) -> dict[str, Any]:
    """The fields of a task whose answers must hold something, or must not."""
    if not (include or exclude):
        last = columns[-1] if columns else ""
        include = typer.prompt("The column of what must occur; empty: none", default=last)
        exclude = typer.prompt(
            "The column of what must not occur; empty: none", default="", show_default=False
        )
    return {"include_column": include, "exclude_column": exclude}


def _placeholders(prompt: str) -> list[str]:
    with suppress(BadRequest):
        return names(prompt)
    # What is wrong with the prompt the check of the whole task tells.
    return []


def _columns(data: Path | None) -> list[str]:
    if data is None:
        return []
    # Only where rows are named: a tenth of a second.
    from ai_worker.pipelines.evaluations.data_files import read_rows  # noqa: PLC0415

    return [str(column) for column in next(iter(read_rows(data)), (0, {}))[1]]


def _check_columns(document: dict[str, Any], columns: Sequence[str], data: Path | None) -> None:
    """See that the rows have the columns that the task reads.

    Raises:
        BadRequest: one is missing; the message names the field and the columns that there are.
    """
    read = {"target": document.get("target")} if document["metric"] not in (RTA, INCLUDE_EXCLUDE) else {}
    read |= {field: document.get(field) for field in ("include_column", "exclude_column")}
    wanted = [("prompt", column) for column in document.get("variables_cols", [])]
    wanted += [(field, column) for field, column in read.items() if column]
    for field, column in wanted:
        if columns and column not in columns:
            raise BadRequest(f"{field}: {data} has no column {column!r}; it has {', '.join(columns)}")

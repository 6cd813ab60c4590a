"""`ai-worker correct report`: how far persons agree with the models; estimates against what was taken."""

import csv
import json
import sys
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.corrections.estimates.report import By, Line, Value
from ai_worker.pipelines.corrections.estimates.report import report as report_lines

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """The format of the report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def report(
    per: Annotated[
        By,
        typer.Option(
            help="What each line is about: a model and prompt version, a kind of change, or a task."
        ),
    ] = By.MODEL,
    task: Annotated[int | None, typer.Option("--task", metavar="ID", help="Of this task only.")] = None,
    written: Annotated[Format, typer.Option("--format", help="The format of the report.")] = Format.TABLE,
) -> None:
    """The number of accepted answers and changes, by model and prompt version; per task: the estimate
    against what was taken.

    Examples: [cyan]ai-worker correct report[/cyan], [cyan]ai-worker correct report --per task --task 42
        --format csv[/cyan]
    """
    lines = report_lines(per, task)
    if written is Format.JSON:
        print(json.dumps(lines, ensure_ascii=True, indent=2, default=str))  # noqa: T201 - the output is the file
    elif written is Format.CSV:
        writer = csv.DictWriter(sys.stdout, list(lines[0]) if lines else [], lineterminator="\n")
        if lines:
            writer.writeheader()
        writer.writerows({name: _in_csv(value) for name, value in line.items()} for line in lines)
    else:
        _show(lines)


def _show(lines: list[Line]) -> None:
    console = Console()
    if not lines:
        console.print("Nothing has been answered yet.")
        return
    table = Table(*(name.replace("_", " ") for name in lines[0]))
    for line in lines:
        table.add_row(*(Text(harmless(_shown(name, value))) for name, value in line.items()))
    console.print(table)


def _shown(name: str, value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1%}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{value:,}" if isinstance(value, int) and name != "task" else str(value)


def _in_csv(value: Value) -> Value:
    """No text that a spreadsheet takes for a formula (OWASP, CSV Injection: an apostrophe goes before it)."""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_FORMULA) else value

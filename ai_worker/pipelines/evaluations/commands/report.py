"""`ai-worker eval report`: what came of evaluations, in the terminal, as a file, as a picture."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import BadRequest
from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, TasksOption, bar, chosen_database
from ai_worker.pipelines.evaluations.commands.report_view import show
from ai_worker.pipelines.evaluations.commands.show import entries_of
from ai_worker.pipelines.evaluations.reports.formats import to_csv, to_json, to_markdown
from ai_worker.pipelines.evaluations.reports.html import to_html
from ai_worker.pipelines.evaluations.reports.plot import save_plot
from ai_worker.pipelines.evaluations.reports.report import report as make_report
from ai_worker.pipelines.evaluations.reports.samples import chosen_samples
from ai_worker.pipelines.evaluations.reports.tables import Report
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, repository, scores

MOST_SAMPLES = 200
"""In a report as a page."""


class Format(StrEnum):
    """The format of a report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def report(
    database: DatabaseOption = "",
    task: TasksOption = None,
    format_: Annotated[
        Format, typer.Option("--format", help="CSV holds the scores; JSON, Markdown and HTML everything.")
    ] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write it there instead of the terminal.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE.png", help="Draw the scores, too.")
    ] = None,
) -> None:
    """Task × model: score with its 95 % interval, what was not judged, paired comparisons, agreement of
    judges, cost, latency, tokens.

    Rates are over what was judged; what was not answered, not parsable, refused by its provider or not judged
    is counted beside them.

    Examples: [cyan]ai-worker eval report --task safety[/cyan],
    [cyan]ai-worker eval report --format markdown --output report.md --plot report.png[/cyan]
    """
    load_scorers()
    name = chosen_database(database)
    chosen = chosen_tasks(name, task or [])
    with bar(
        Console(stderr=True), "entries", sum(repository().size(name, f"queue_{of}") for of in chosen)
    ) as advance:
        made = make_report(scores(), name, chosen, advance)
    try:
        if plot is not None and made.summaries:
            save_plot(made.summaries, plot)
        if output is not None:
            output.write_text(_written(made, format_, name, chosen), encoding="utf-8")
    except OSError as fault:
        raise BadRequest(f"the report cannot be written: {fault}") from None
    if output is None and format_ is Format.TABLE:
        show(Console(), made)
    elif output is None:
        typer.echo(_written(made, format_, name, chosen), nl=False)


def _written(made: Report, format_: Format, database: str, tasks: Sequence[str]) -> str:
    if format_ is Format.CSV:
        return to_csv(made.summaries)
    if format_ is Format.HTML:
        entries = chain.from_iterable(entries_of(task, database) for task in tasks)
        return to_html(made, chosen_samples(entries, limit=MOST_SAMPLES), ", ".join(tasks))
    return to_json(made) if format_ is Format.JSON else to_markdown(made)

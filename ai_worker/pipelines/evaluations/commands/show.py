"""`ai-worker eval show` and `diff`: single answers, and two runs side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.errors import BadRequest, NotFound
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.evaluations.commands.options import DatabaseOption, chosen_database
from ai_worker.pipelines.evaluations.reports.run_difference import RunDifference, differences
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.samples import Sample, chosen_samples
from ai_worker.pipelines.evaluations.reports.tables import interval, probability, rounded
from ai_worker.pipelines.evaluations.scoring import Kind
from ai_worker.pipelines.evaluations.scoring.scored_entries import ScoredEntry, rows_of
from ai_worker.pipelines.evaluations.scoring.user_scorers import load_scorers
from ai_worker.pipelines.evaluations.service import chosen_tasks, whole_entries
from ai_worker.pipelines.evaluations.trial.results import read_results, scored

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A file of results of eval run, or a task.")]
MOST_LINES = 20
NOTE = "change: after less before, over the rows that both runs judged. + / -: rows that rose, and that fell."
FILE_ENDINGS = (".jsonl", ".json")
"""A name that ends so is a file's, and is not looked for among the tasks of a database."""


def show(
    run: RunArgument,
    database: DatabaseOption = "",
    row: Annotated[list[int] | None, typer.Option("--row", help="Its line_index; repeatable.")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", metavar="MODEL", help="Repeatable.")] = None,
    verdict: Annotated[
        list[str] | None, typer.Option("--verdict", metavar="KIND", help="wrong, unparsable, …; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The most that are shown.")] = 10,
) -> None:
    """Show single answers: prompt, reasoning, answer, judges, score and why.

    Example: [cyan]ai-worker eval show claims --verdict wrong[/cyan]
    """
    load_scorers()
    if strange := sorted(set(verdict or []) - set(Kind)):
        raise BadRequest(f"--verdict: {strange[0]!r} is none of {', '.join(Kind)}")
    console = Console()
    found = chosen_samples(
        entries_of(run, database), lines=row or [], models=model or [], kinds=verdict or [], limit=limit
    )
    for sample in found:
        _print(console, sample)
    if not found:
        console.print("no answer is like that")


def diff(first: RunArgument, second: RunArgument, database: DatabaseOption = "") -> None:
    """Compare two runs row by row: before and after a change, by group too.

    Example: [cyan]ai-worker eval diff before.results.jsonl after.results.jsonl[/cyan]
    """
    load_scorers()
    console = Console()
    before, after = (list(rows_of(entries_of(run, database), run)) for run in (first, second))
    found = differences(before, after)
    if not found:
        console.print("the runs have no model in common")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("model, group", overflow="fold", min_width=10)
    for heading in ("rows", "before", "after", "change", "95 %", "p", "+ / -"):
        table.add_column(heading, no_wrap=True, justify="right")
    for of in found:
        table.add_row(*map(Text, _cells(of)))
    console.print(table)
    console.print(Text(NOTE, style="dim"))
    for of in found:
        if not of.group:
            _print_lines(console, of)


def entries_of(run: str, database: str) -> Iterator[ScoredEntry]:
    """The whole entries of a run: of a file of results, else of a task's queue.

    Raises:
        NotFound: it is neither.
    """
    if Path(run).is_file():
        yield from scored(read_results(Path(run)))
        return
    if Path(run).suffix in FILE_ENDINGS or Path(run).name != run:
        raise NotFound(f"there is no file {run}")
    name = chosen_database(database)
    [task] = chosen_tasks(name, [run])
    yield from whole_entries(name, task)


def _cells(of: RunDifference) -> list[str]:
    pair = of.comparison
    low, high = pair.interval_low, pair.interval_high
    change = None if pair.difference is None else 0.0 - pair.difference
    return [
        printable(f"  {of.group}" if of.group else of.model),
        str(pair.pairs),
        rounded(pair.first_score),
        rounded(pair.second_score),
        rounded(change),
        interval(None if high is None else -high, None if low is None else -low),
        probability(pair.p_value),
        f"{len(of.better)} / {len(of.worse)}",
    ]


def _print_lines(console: Console, of: RunDifference) -> None:
    for name, lines in (("better", of.better), ("worse", of.worse)):
        if lines:
            shown = ", ".join(map(str, lines[:MOST_LINES])) + (", …" if len(lines) > MOST_LINES else "")
            console.print(f"{of.model}, {name}: rows {shown}", markup=False, highlight=False)


def _print(console: Console, sample: Sample) -> None:
    heading = f"row {sample.line_index}, {printable(sample.model)}: {sample.kind}"
    console.print(Text(heading, style="bold"))
    for name, text in sample.fields.items():
        if text:
            console.print(Text.assemble((f"  {name}: ", "dim"), harmless(text)))
    console.print()

"""A report in the terminal: a few narrow tables a task, so that they are readable in 80 columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.pipelines.evaluations.entries import RTA
from ai_worker.pipelines.evaluations.reports.comparison import PairedComparison
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.reports.tables import (
    GROUPS,
    NONE,
    SAMPLES,
    Report,
    interval,
    probability,
    rounded,
    tables,
)
from ai_worker.pipelines.evaluations.statistics.agreement import Agreement


def show(console: Console, report: Report) -> None:
    """Print the report: for each task its scores with what was not judged beside them, what they took,
    comparisons, agreement.
    """
    for (task, metric), of in groupby(report.summaries, key=lambda summary: (summary.task, summary.metric)):
        summaries = list(of)
        console.print(Text.assemble((printable(task), "bold"), "  ", (printable(metric), "dim")))
        console.print(_scores(summaries))
        console.print(_spent(summaries))
        if pairs := [pair for pair in report.comparisons if (pair.task, pair.metric) == (task, metric)]:
            console.print(_comparisons(pairs))
        for of_task, found in report.agreements:
            if of_task == task and metric == RTA:
                console.print(_agreement(found))
        console.print()
    for table in tables(report):
        if table.title in (GROUPS, SAMPLES):
            console.print(Text(table.title, style="bold"))
            console.print(_table(table.headings, "", table.rows))
    for note in (note for table in tables(report) for note in table.notes):
        console.print(Text(note, style="dim"))


def _scores(summaries: Iterable[TaskModelSummary]) -> Table:
    rows = (
        (
            printable(of.model),
            str(of.n),
            str(of.judged),
            rounded(of.score),
            interval(of.interval_low, of.interval_high),
            _not_judged(of),
        )
        for of in summaries
    )
    return _table(("model", "n", "judged", "score", "95 %"), "not judged", rows)


def _not_judged(of: TaskModelSummary) -> str:
    counts = {
        "not parsable": of.unparsable,
        "not answered": of.not_answered,
        "judge failed": of.judge_failed,
        "judges tied": of.tied,
        "not scorable": of.unscorable,
        "open": of.open,
    }
    # A refusal that the provider tells of is no verdict; one that a judge tells of is.
    counts = {"refused": of.n - of.judged - sum(counts.values()), **counts}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or NONE


def _spent(summaries: Iterable[TaskModelSummary]) -> Table:
    rows = (
        (
            printable(of.model),
            NONE if of.cost is None else f"{of.cost:.4f}",
            rounded(of.latency_p50, 2),
            rounded(of.latency_p95, 2),
            str(of.tokens_input),
            str(of.tokens_output),
            "",
        )
        for of in summaries
    )
    return _table(("model", "cost", "p50 s", "p95 s", "tokens in", "tokens out"), "", rows)


def _comparisons(pairs: Iterable[PairedComparison]) -> Table:
    rows = (
        (
            f"{printable(of.first)} – {printable(of.second)}",
            str(of.pairs),
            rounded(of.difference),
            interval(of.interval_low, of.interval_high),
            probability(of.p_value),
            of.test or NONE,
        )
        for of in pairs
    )
    return _table(("difference of", "pairs", "score", "95 %", "p"), "test", rows)


def _agreement(found: Agreement) -> Table:
    rows = (
        (
            f"{printable(of.first)}, {printable(of.second)}",
            str(of.n),
            rounded(of.percent),
            rounded(of.kappa),
            "",
        )
        for of in found.pairs
    )
    return _table(("judges", "n", "agree", "kappa"), "", rows)


def _table(narrow: Sequence[str], wide: str, rows: Iterable[Sequence[str]]) -> Table:
    """A table whose first column may fold, whose further ones never do, and whose last one takes the rest."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for place, heading in enumerate(narrow):
        table.add_column(
            heading,
            overflow="fold",
            no_wrap=place > 0,
            justify="right" if place else "left",
            min_width=10 if not place else None,
        )
    if wide:
        table.add_column(wide, overflow="fold")
    for row in _texts(rows):
        table.add_row(*row[: len(table.columns)])
    return table


def _texts(rows: Iterable[Sequence[str]]) -> Iterator[list[Text]]:
    return ([Text(cell) for cell in row] for row in rows)

"""The contents of a report, as tables of text: rounded for reading, with what the numbers are."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai_worker.pipelines.evaluations.reports.comparison import PairedComparison
from ai_worker.pipelines.evaluations.reports.safe_text import printable
from ai_worker.pipelines.evaluations.reports.sampling import SamplesSummary
from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary
from ai_worker.pipelines.evaluations.statistics.agreement import Agreement

GROUPS, SAMPLES = "Scores by group", "Samples"
NONE = "–"
"""Stands where there is no number; 0 stands where there is one."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a report says.

    Args:
        agreements: with the name of the task whose judges they are.
        groups: the scores by the values of `group_by`.
        samples: pass@k and majority, of tasks that ask several times.
    """

    summaries: Sequence[TaskModelSummary]
    comparisons: Sequence[PairedComparison] = ()
    agreements: Sequence[tuple[str, Agreement]] = ()
    groups: Sequence[TaskModelSummary] = ()
    samples: Sequence[SamplesSummary] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of printable text.

    Args:
        notes: what its numbers are, a sentence each.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


def tables(report: Report) -> list[Table]:
    """The report's tables that have rows. Their texts are printable as they are; Markdown and HTML need
    escaping.
    """
    made = [
        _scores(report.summaries),
        _groups(report.groups),
        _samples(report.samples),
        _comparisons(report.comparisons),
        _agreements(report.agreements),
    ]
    return [table for table in made if table.rows]


def _groups(groups: Sequence[TaskModelSummary]) -> Table:
    rows = [
        [
            printable(of.task),
            printable(of.group),
            printable(of.model),
            str(of.n),
            str(of.judged),
            rounded(of.score),
            interval(of.interval_low, of.interval_high),
        ]
        for of in groups
    ]
    headings = ["task", "group", "model", "n", "judged", "score", "95 %"]
    return Table(GROUPS, headings, rows, ["Groups are the values of the task's group_by."])


def _samples(samples: Sequence[SamplesSummary]) -> Table:
    rows = [
        [
            printable(of.task),
            printable(of.model),
            of.name,
            str(of.lines),
            rounded(of.value),
            interval(of.interval_low, of.interval_high),
        ]
        for of in samples
    ]
    notes = ["pass@k: the probability that one of k samples is right (Chen et al. 2021), the mean over rows."]
    return Table(SAMPLES, ["task", "model", "measure", "rows", "value", "95 %"], rows, notes)


def _scores(summaries: Sequence[TaskModelSummary]) -> Table:
    rows = [
        {
            "task": printable(of.task),
            "model": printable(of.model),
            "metric": printable(of.metric),
            "n": str(of.n),
            "judged": str(of.judged),
            "score": rounded(of.score),
            "95 %": interval(of.interval_low, of.interval_high),
            "wrong": str(of.wrong),
            "refused": str(of.refused),
            "not parsable": str(of.unparsable),
            "not answered": str(of.not_answered),
            "judge failed": str(of.judge_failed),
            "judges tied": str(of.tied),
            "not scorable": str(of.unscorable),
            "open": str(of.open),
            "cost": NONE if of.cost is None else f"{of.cost:.4f}",
            "p50 s": rounded(of.latency_p50, 2),
            "p95 s": rounded(of.latency_p95, 2),
            "tokens in": str(of.tokens_input),
            "tokens out": str(of.tokens_output),
        }
        for of in summaries
    ]
    methods = sorted({of.interval_method for of in summaries if of.interval_method})
    unpriced = sum(of.unpriced for of in summaries if of.cost is not None)
    notes = [
        "The score is over what was judged: the share of right answers, for RtA the share of "
        "refusals, else the mean degree.",
        f"95 % intervals: {'; '.join(methods)}." if methods else "",
        f"The cost leaves out {unpriced} answers whose price is not known." if unpriced else "",
    ]
    return _table("Scores", rows, notes)


def _comparisons(comparisons: Sequence[PairedComparison]) -> Table:
    rows = [
        {
            "task": printable(of.task),
            "metric": printable(of.metric),
            "first": printable(of.first),
            "second": printable(of.second),
            "pairs": str(of.pairs),
            "left out": str(of.unpaired),
            "first's score": rounded(of.first_score),
            "second's score": rounded(of.second_score),
            "difference": rounded(of.difference),
            "95 %": interval(of.interval_low, of.interval_high),
            "only first": NONE if of.only_first is None else str(of.only_first),
            "only second": NONE if of.only_second is None else str(of.only_second),
            "p": probability(of.p_value),
            "test": of.test or NONE,
        }
        for of in comparisons
    ]
    return _table(
        "Paired comparisons", rows, ["p is two-sided and not corrected for the number of comparisons."]
    )


def _agreements(agreements: Sequence[tuple[str, Agreement]]) -> Table:
    rows = [
        {
            "task": printable(task),
            "judges": printable(judges),
            "n": str(n),
            "agree": rounded(percent),
            "kappa": rounded(kappa),
        }
        for task, found in agreements
        for judges, n, percent, kappa in [
            *((f"{pair.first}, {pair.second}", pair.n, pair.percent, pair.kappa) for pair in found.pairs),
            *(
                [("mean of the pairs", found.rows, found.percent, found.kappa)]
                if len(found.pairs) > 1
                else []
            ),
        ]
    ]
    return _table("Agreement of judges", rows, ["n counts the answers that both judged; kappa is Cohen's."])


def _table(title: str, rows: Sequence[dict[str, str]], notes: Sequence[str]) -> Table:
    headings = list(rows[0]) if rows else []
    return Table(title, headings, [list(row.values()) for row in rows], [note for note in notes if note])


def rounded(number: float | None, places: int = 3) -> str:
    """A number for reading; a dash where there is none."""
    return NONE if number is None else f"{number:.{places}f}"


def interval(low: float | None, high: float | None) -> str:
    """An interval for reading; a dash where there is none."""
    return NONE if low is None or high is None else f"{low:.3f} to {high:.3f}"


def probability(p_value: float | None) -> str:
    """A p-value for reading, as papers print it; a dash where there is none."""
    if p_value is None:
        return NONE
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"

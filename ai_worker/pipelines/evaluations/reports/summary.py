"""The results of one model at one task."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow, by_line, mean
from ai_worker.pipelines.evaluations.scoring.verdict import Kind
from ai_worker.pipelines.evaluations.statistics.intervals import Interval, interval_of_mean, wilson


@dataclass(frozen=True, slots=True)
class TaskModelSummary:
    """One model at one task.

    Args:
        n: entries. It is the sum of the eleven kinds: `correct`, `wrong`, `graded`, `refused`, `answered`,
            `unparsable`, `unscorable`, `not_answered`, `judge_failed`, `tied`, `open`.
        judged: entries with a score; `score` and its interval are over these alone.
        score: share of right answers, RtA rate (share of refusals), or mean degree; None where nothing was
            judged. With several samples of a row the mean over rows of their means.
        lines: the dataset's rows among the judged: what the interval takes as independent.
        interval_low, interval_high: 95 %. Wilson's for one right / wrong verdict a row, otherwise a bootstrap
            over the rows (the cluster bootstrap where rows have several samples: Miller 2024,
            arXiv:2411.00640, section 2.2), where all rows are alike as `interval_of_mean` says; None for
            fewer than two rows that would need one.
        interval_method: as `Interval.method`; empty without an interval.
        cost: sum of the costs that are known; None where none is.
        unpriced: entries that were called and whose cost is not known: the cost leaves them out.
        truncated: answers that were cut off by their length limit, scored or not.
        reused: answers that were taken over from another task, and paid there.
        group: the values of `group_by` that these rows have in common; empty for all rows.
        latency_p50, latency_p95: seconds, interpolated linearly as numpy does; None without a call.
    """

    task: str
    model: str
    metric: str
    n: int
    judged: int
    correct: int
    wrong: int
    graded: int
    refused: int
    answered: int
    unparsable: int
    unscorable: int
    not_answered: int
    judge_failed: int
    tied: int
    open: int
    score: float | None
    lines: int
    interval_low: float | None
    interval_high: float | None
    interval_method: str
    cost: Decimal | None
    unpriced: int
    latency_p50: float | None
    latency_p95: float | None
    tokens_input: int
    tokens_output: int
    truncated: int = 0
    reused: int = 0
    group: str = ""


def summarise(rows: Iterable[ScoredRow]) -> list[TaskModelSummary]:
    """Sums up rows by task, metric and model, in one pass that keeps three numbers a row.

    Returns:
        One summary each, sorted by task, metric and model, whatever the order of the rows.
    """
    cells: dict[tuple[str, str, str], _Cell] = {}
    for row in rows:
        cells.setdefault((row.task, row.metric, row.model), _Cell()).add(row)
    return [cell.summary(task, metric, model) for (task, metric, model), cell in sorted(cells.items())]


def summarise_groups(rows: Iterable[ScoredRow]) -> list[TaskModelSummary]:
    """Sums up rows by task, metric, group and model; rows without a group are left out.

    Returns:
        One summary each, sorted by task, metric, group and model.
    """
    cells: dict[tuple[str, str, str, str], _Cell] = {}
    for row in rows:
        if row.group:
            cells.setdefault((row.task, row.metric, row.group, row.model), _Cell()).add(row)
    return [
        cell.summary(task, metric, model, group)
        for (task, metric, group, model), cell in sorted(cells.items())
    ]


class _Cell:
    def __init__(self) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.scores, self.lines, self.latencies = array("d"), array("q"), array("d")
        self.cost: Decimal | None = None
        self.unpriced = 0
        self.tokens_input = self.tokens_output = self.truncated = self.reused = 0

    def add(self, row: ScoredRow) -> None:
        self.kinds[row.verdict.kind] += 1
        if row.verdict.score is not None:
            self.scores.append(row.verdict.score)
            self.lines.append(row.line_index)
        if row.latency is not None:
            self.latencies.append(row.latency)
        if row.cost is not None:
            self.cost = row.cost + (self.cost or 0)
        elif row.latency is not None:
            self.unpriced += 1
        self.tokens_input += row.tokens_input
        self.tokens_output += row.tokens_output
        self.truncated += row.truncated
        self.reused += row.reused

    def summary(self, task: str, metric: str, model: str, group: str = "") -> TaskModelSummary:
        lines = by_line(zip(self.lines, self.scores, strict=True))
        interval = _interval(lines.values())
        latencies = sorted(self.latencies)
        return TaskModelSummary(
            task=task,
            model=model,
            metric=metric,
            n=self.kinds.total(),
            judged=len(self.scores),
            **{kind.value: self.kinds[kind] for kind in Kind},
            score=mean([mean(scores) for scores in lines.values()]) if lines else None,
            lines=len(lines),
            interval_low=interval.low if interval else None,
            interval_high=interval.high if interval else None,
            interval_method=interval.method if interval else "",
            cost=self.cost,
            unpriced=self.unpriced,
            latency_p50=percentile(latencies, 0.5),
            latency_p95=percentile(latencies, 0.95),
            tokens_input=self.tokens_input,
            tokens_output=self.tokens_output,
            truncated=self.truncated,
            reused=self.reused,
            group=group,
        )


def _interval(lines: "Iterable[Sequence[float]]") -> Interval | None:
    rows = list(lines)
    if rows and all(len(scores) == 1 and scores[0] in (0.0, 1.0) for scores in rows):
        return wilson(int(sum(scores[0] for scores in rows)), len(rows))
    return interval_of_mean([mean(scores) for scores in rows])


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which a share of the values lies, interpolated linearly between neighbours (Hyndman,
    Fan 1996, type 7).

    Args:
        ordered: ascending.
        share: from 0 to 1.
    """
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)

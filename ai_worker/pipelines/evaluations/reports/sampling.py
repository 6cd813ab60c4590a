"""The results of a model that may answer several times: pass@k, and the answer of the majority."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow, mean
from ai_worker.pipelines.evaluations.statistics.intervals import Interval, interval_of_mean
from ai_worker.pipelines.evaluations.statistics.samples import majority_answer, pass_at_k

_KS = (1, 2, 3, 5, 8, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class SamplesSummary:
    """One model at one task, over rows that it answered several times, right or wrong.

    Args:
        name: `pass@k`, or `majority of n`: the share of rows whose most frequent answer is right.
        lines: rows that are counted: with k judged samples at least; of the majority those with one.
        interval_low, interval_high: 95 %, over the rows; None for fewer than two.
    """

    task: str
    model: str
    metric: str
    name: str
    lines: int
    value: float
    interval_low: float | None
    interval_high: float | None


def summarise_samples(rows: Iterable[ScoredRow]) -> list[SamplesSummary]:
    """pass@k and majority of every task and model that has several right or wrong answers to a row."""
    cells: dict[tuple[str, str, str], dict[int, list[ScoredRow]]] = {}
    for row in rows:
        if row.verdict.score in (0.0, 1.0):
            lines = cells.setdefault((row.task, row.metric, row.model), {})
            lines.setdefault(row.line_index, []).append(row)
    return [
        summary
        for (task, metric, model), lines in sorted(cells.items())
        for name, values in _measures(list(lines.values()))
        for summary in [_summary(task, metric, model, name, values)]
    ]


def _measures(lines: Sequence[Sequence[ScoredRow]]) -> Iterable[tuple[str, list[float]]]:
    most = max((len(samples) for samples in lines), default=0)
    if most < 2:
        return
    for k in (k for k in _KS if k <= most):
        counted = [(len(of), sum(row.verdict.score == 1 for row in of)) for of in lines if len(of) >= k]
        yield f"pass@{k}", [pass_at_k(n, correct, k) for n, correct in counted]
    voted = [_majority(samples) for samples in lines]
    known = [value for value in voted if value is not None]
    if known:
        yield f"majority of {most}", known


def _majority(samples: Sequence[ScoredRow]) -> float | None:
    """The score of the answer of the majority; None where there is none, or an answer is not known here."""
    answers = [row.answer for row in samples]
    if None in answers:
        return None
    winner = majority_answer(answers)
    return next((row.verdict.score for row in samples if row.answer == winner and winner is not None), None)


def _summary(task: str, metric: str, model: str, name: str, values: Sequence[float]) -> SamplesSummary:
    interval: Interval | None = interval_of_mean(values)
    low, high = (interval.low, interval.high) if interval else (None, None)
    return SamplesSummary(task, model, metric, name, len(values), mean(values), low, high)

"""Two models on the same rows of one task."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow, by_line, mean
from ai_worker.pipelines.evaluations.statistics.intervals import interval_of_mean
from ai_worker.pipelines.evaluations.statistics.paired import PairedTest, mcnemar


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """A paired comparison, over the dataset's rows on which both models were judged.

    Args:
        pairs: how many rows these are.
        unpaired: rows on which only one of them was judged; they are left out.
        first_score, second_score: mean over the pairs; None without a pair.
        difference: `first_score` less `second_score`.
        interval_low, interval_high: 95 % of the difference, by a bootstrap over the pairs, where all differ
            alike as `interval_of_mean` says; None for fewer than two.
        both, only_first, only_second, neither: rows with score 1; None where scores are by degree or rows
            have several samples, for then there is no table of right and wrong.
        p_value: McNemar's, two-sided; None without that table. It is not corrected for the number of
            comparisons made.
        test: which form of McNemar's test; empty without it.
    """

    task: str
    metric: str
    first: str
    second: str
    pairs: int
    unpaired: int
    first_score: float | None
    second_score: float | None
    difference: float | None
    interval_low: float | None
    interval_high: float | None
    interval_method: str
    both: int | None
    only_first: int | None
    only_second: int | None
    neither: int | None
    p_value: float | None
    test: str


def compare(first_rows: Iterable[ScoredRow], second_rows: Iterable[ScoredRow]) -> PairedComparison:
    """Compares two models pair by pair.

    Args:
        first_rows, second_rows: one model's rows of one task each.

    Raises:
        ValueError: a side is empty or has several tasks, metrics or models, or the two differ in task or
            metric.
    """
    (task, metric, first), firsts = _one_model(first_rows)
    (other_task, other_metric, second), seconds = _one_model(second_rows)
    if (task, metric) != (other_task, other_metric):
        raise ValueError(f"{task} by {metric} and {other_task} by {other_metric} cannot be compared")
    shared = [line for line in firsts if line in seconds]
    means = [(mean(firsts[line]), mean(seconds[line])) for line in shared]
    binary = all(
        len(side[line]) == 1 and side[line][0] in (0.0, 1.0) for line in shared for side in (firsts, seconds)
    )
    differences = [one - other for one, other in means]
    interval = interval_of_mean(differences, -1.0, 1.0)
    table = (
        [means.count(cell) for cell in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0))]
        if binary and means
        else [None] * 4
    )
    test = _test(table)
    return PairedComparison(
        task=task,
        metric=metric,
        first=first,
        second=second,
        pairs=len(shared),
        unpaired=len(firsts) + len(seconds) - 2 * len(shared),
        first_score=mean([one for one, _ in means]) if means else None,
        second_score=mean([other for _, other in means]) if means else None,
        difference=mean(differences) if means else None,
        interval_low=interval.low if interval else None,
        interval_high=interval.high if interval else None,
        interval_method=interval.method if interval else "",
        both=table[0],
        only_first=table[1],
        only_second=table[2],
        neither=table[3],
        p_value=test.p_value if test else None,
        test=test.method if test else "",
    )


def _test(table: Sequence[int | None]) -> PairedTest | None:
    _, only_first, only_second, _ = table
    return None if only_first is None or only_second is None else mcnemar(only_first, only_second)


def _one_model(rows: Iterable[ScoredRow]) -> tuple[tuple[str, str, str], dict[int, list[float]]]:
    names: set[tuple[str, str, str]] = set()
    scores: list[tuple[int, float]] = []
    for row in rows:
        names.add((row.task, row.metric, row.model))
        if row.verdict.score is not None:
            scores.append((row.line_index, row.verdict.score))
    if len(names) != 1:
        raise ValueError(f"a side of a comparison is one model at one task, not {sorted(names)}")
    return names.pop(), by_line(scores)

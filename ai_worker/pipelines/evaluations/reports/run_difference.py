"""Two runs compared row by row: before and after a change of the prompt, the model or the rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ai_worker.pipelines.evaluations.reports.comparison import PairedComparison, compare
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class RunDifference:
    """The changes between two runs, for one model or one pair of models.

    Args:
        group: the values of `group_by`; empty: all rows.
        comparison: `first` is the run before, `second` the run after.
        better, worse: rows whose score rose or fell, by `line_index`.
    """

    model: str
    group: str
    comparison: PairedComparison
    better: Sequence[int]
    worse: Sequence[int]


def differences(before: Iterable[ScoredRow], after: Iterable[ScoredRow]) -> list[RunDifference]:
    """Compares the models that both runs asked; where each run asked one model, those two.

    Returns:
        For every model all rows first, then its groups.
    """
    first, second = _by_model(before), _by_model(after)
    pairs = [(model, model) for model in sorted(first.keys() & second.keys())]
    if not pairs and len(first) == len(second) == 1:
        pairs = [(next(iter(first)), next(iter(second)))]
    found = []
    for one, other in pairs:
        name = one if one == other else f"{one} → {other}"
        groups = sorted({row.group for row in first[one]} & {row.group for row in second[other]} - {""})
        for group in ["", *groups]:
            ours = [row for row in first[one] if group in ("", row.group)]
            theirs = [row for row in second[other] if group in ("", row.group)]
            found.append(_difference(name, group, ours, theirs))
    return found


def _by_model(rows: Iterable[ScoredRow]) -> dict[str, list[ScoredRow]]:
    found: dict[str, list[ScoredRow]] = {}
    for row in rows:
        found.setdefault(row.model, []).append(row)
    return found


def _difference(
    name: str, group: str, before: Sequence[ScoredRow], after: Sequence[ScoredRow]
) -> RunDifference:
    # A comparison is of two models at one task: here the runs stand for them.
    metric = before[0].metric
    first = [replace(row, task=name, metric=metric, model=BEFORE) for row in before]
    second = [replace(row, task=name, metric=metric, model=AFTER) for row in after]
    scores = {row.line_index: row.verdict.score for row in before if row.verdict.score is not None}
    changed = [
        (row.line_index, row.verdict.score - scores[row.line_index])
        for row in after
        if row.verdict.score is not None and row.line_index in scores
    ]
    return RunDifference(
        name,
        group,
        compare(first, second),
        sorted({line for line, change in changed if change > 0}),
        sorted({line for line, change in changed if change < 0}),
    )

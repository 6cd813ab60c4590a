"""The row that reports are made of: one entry, its verdict, and what it cost."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ai_worker.pipelines.evaluations.scoring.verdict import Verdict


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """One entry of a queue, scored.

    Args:
        line_index: the dataset's row that was asked about. Entries of the same one are repeated measures, not
            more data.
        verdict: of an `RtA` entry its judges', combined.
        cost: of its call and of its judges' calls; None where nothing is known, as without a price.
        latency: seconds of its own call; None without one.
        tokens_input, tokens_output: of its own call.
        group: the row's values of the task's `group_by`, as text; empty without.
        answer: the answer in a form in which equal answers are equal; None where it is not known here.
        truncated, reused: whether the answer was cut off, or is another task's.
    """

    task: str
    model: str
    metric: str
    line_index: int
    verdict: Verdict
    cost: Decimal | None = None
    latency: float | None = None
    tokens_input: int = 0
    tokens_output: int = 0
    group: str = ""
    answer: str | None = None
    truncated: bool = False
    reused: bool = False


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value, summed exactly, so that it does not depend on their order."""
    return math.fsum(values) / len(values)


def by_line(scores: Iterable[tuple[int, float]]) -> dict[int, list[float]]:
    """Scores under their dataset row, the rows in ascending order: what is computed from them does not depend
    on the order in which a database hands entries out.
    """
    lines: dict[int, list[float]] = {}
    for line_index, score in sorted(scores):
        lines.setdefault(line_index, []).append(score)
    return lines

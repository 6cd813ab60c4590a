"""Two tests of the same questions: what was won, what was lost, and whether it could be chance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ai_worker.pipelines.loops.metrics.result_row import ResultRow


@dataclass(frozen=True, slots=True)
class Comparison:
    """The questions that both loops tested without an error.

    Args:
        common: their number.
        before, after: how many of them were found.
        won, lost: questions found now and not before, and the reverse.
        probability: of a difference as large by chance alone, by the exact McNemar test; 1 where nothing
            changed.
        unmatched: questions that only one of the two tested.
    """

    common: int
    before: int
    after: int
    won: Sequence[ResultRow]
    lost: Sequence[ResultRow]
    probability: float
    unmatched: int


def compare(before: Mapping[str, ResultRow], after: Mapping[str, ResultRow]) -> Comparison:
    """Compare by chunks found.

    Args:
        before, after: by what tells a question: see the caller.
    """
    keys = [
        key
        for key, row in before.items()
        if key in after
        and not row.failed
        and not after[key].failed
        and row.chunk_known
        and after[key].chunk_known
    ]
    won = [after[key] for key in keys if before[key].chunk_rank is None and after[key].chunk_rank is not None]
    lost = [
        after[key] for key in keys if before[key].chunk_rank is not None and after[key].chunk_rank is None
    ]
    return Comparison(
        common=len(keys),
        before=sum(before[key].chunk_rank is not None for key in keys),
        after=sum(after[key].chunk_rank is not None for key in keys),
        won=won,
        lost=lost,
        probability=mcnemar(len(won), len(lost)),
        unmatched=len(set(before) ^ set(after)),
    )


def mcnemar(won: int, lost: int) -> float:
    """The exact two-sided McNemar test: the binomial probability of a split as uneven as `won` to `lost`.

    McNemar, Q. (1947), Psychometrika 12, 153-157.
    """
    number, smaller = won + lost, min(won, lost)
    if number == 0:
        return 1.0
    tail = sum(math.comb(number, count) for count in range(smaller + 1))
    return min(1.0, 2 * float(Fraction(tail, 2**number)))

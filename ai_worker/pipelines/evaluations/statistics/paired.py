"""Tests of a difference between two models that answered the same rows."""

import math
from dataclasses import dataclass

EXACT_BELOW = 25
"""Rows on which the models differ, below which the exact test is used: the chi-square approximation needs as
many.
"""


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A test of no difference.

    Args:
        statistic: the smaller count for the exact test, chi-square with one degree of freedom otherwise.
        p_value: two-sided.
        method: `mcnemar exact` or `mcnemar chi-square, continuity corrected`.
    """

    statistic: float
    p_value: float
    method: str


def mcnemar(only_first: int, only_second: int) -> PairedTest:
    """McNemar's test for paired right / wrong verdicts.

    McNemar (1947), Psychometrika 12, 153-157. With fewer than 25 differing rows the exact binomial test,
    two-sided by doubling; with more the chi-square test with the continuity correction of Edwards (1948).
    Equal to statsmodels' `mcnemar(table, exact=…, correction=True)` with the same choice.

    Args:
        only_first: rows that only the first model got right.
        only_second: rows that only the second model got right.

    Raises:
        ValueError: a count is negative.
    """
    if only_first < 0 or only_second < 0:
        raise ValueError("counts are never negative")
    differing = only_first + only_second
    if differing < EXACT_BELOW:
        smaller = min(only_first, only_second)
        tail = sum(math.comb(differing, count) for count in range(smaller + 1)) / 2**differing
        return PairedTest(float(smaller), min(1.0, 2 * tail), "mcnemar exact")
    statistic = (abs(only_first - only_second) - 1) ** 2 / differing
    return PairedTest(
        statistic, math.erfc(math.sqrt(statistic / 2)), "mcnemar chi-square, continuity corrected"
    )

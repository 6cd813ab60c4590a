"""Intervals of rates and means."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

RESAMPLES = 9_999
"""Of a bootstrap, as scipy's default; fewer where `DRAWS` would be passed."""
FEWEST_RESAMPLES = 999
DRAWS = 200_000_000
"""Random draws that one interval may cost, about two seconds: reached at 20,000 values."""
SEED = 20_240_101
_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval.

    Args:
        low, high: its ends, in the unit of the values.
        method: how it was computed, enough to compute it again: `wilson`, `bootstrap 9999, seed 20240101`.
    """

    low: float
    high: float
    method: str


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a rate, without continuity correction.

    Wilson, E. B. (1927), JASA 22, 209-212; recommended for small n by Brown, Cai, DasGupta (2001),
    Statistical Science 16. Equal to statsmodels' `proportion_confint(method="wilson")`.

    Args:
        successes: how many of the n were so.
        n: how many there were, at least 1.
        confidence: share of such intervals that hold the true rate.

    Raises:
        ValueError: the counts are none.
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no rate")
    low, high = _wilson(successes / n, n, confidence)
    # At 0 and n the formula's end is 0 and 1; rounding would leave it a hair beside.
    return Interval(0.0 if successes == 0 else low, 1.0 if successes == n else high, "wilson")


def interval_of_mean(values: Sequence[float], lowest: float = 0.0, highest: float = 1.0) -> Interval | None:
    """The interval of a mean that is never of zero width for want of data.

    The bootstrap where the values differ. Where all are the same, resampling would pretend to
    certainty: then Wilson's interval of the mean as a rate between the bounds. It is at least as wide as the
    values' own variance asks for, since no variable between 0 and 1 of mean p varies more than one that is 0
    or 1.

    Args:
        values: independent of each other: one per row, not per sample.
        lowest, highest: the bounds of a value.

    Returns:
        None for fewer than two values, and where all are the same and beyond the bounds.
    """
    if len(values) < 2:
        return None
    if min(values) < max(values):
        return bootstrap_mean(values)
    share = (values[0] - lowest) / (highest - lowest)
    if not 0 <= share <= 1:
        return None
    low, high = (lowest + end * (highest - lowest) for end in _wilson(share, len(values), 0.95))
    return Interval(max(lowest, low), min(highest, high), "wilson of the mean")


def _wilson(rate: float, n: int, confidence: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    correction = z * z / n
    centre = (rate + correction / 2) / (1 + correction)
    half = z / (1 + correction) * math.sqrt(rate * (1 - rate) / n + correction / (4 * n))
    return centre - half, centre + half


def bootstrap_mean(values: Sequence[float], confidence: float = 0.95, seed: int = SEED) -> Interval:
    """The percentile bootstrap interval of a mean.

    Efron, Tibshirani (1993), An Introduction to the Bootstrap, 13.3. Equal to
    `scipy.stats.bootstrap((values,), numpy.mean, method="percentile", n_resamples=resamples(len(values)),
    rng=numpy.random.default_rng(seed))`.

    Args:
        values: at least 2, independent of each other: one per row, not per sample.
        confidence: share of such intervals that hold the true mean, for many values.
        seed: the same seed and values give the same interval.

    Raises:
        ValueError: fewer than 2 values.
    """
    import numpy  # noqa: PLC0415 - a twelfth of a second that only reports need

    if len(values) < 2:
        raise ValueError(f"{len(values)} values have no bootstrap interval")
    count = resamples(len(values))
    means = numpy.concatenate(
        list(_means(numpy.asarray(values, dtype=float), count, numpy.random.default_rng(seed)))
    )
    low, high = numpy.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high), f"bootstrap {count}, seed {seed}")


def resamples(n: int) -> int:
    """The number of resamples for the interval of n values: 9,999 up to 20,000 values, then fewer, never
    under 999.
    """
    return max(FEWEST_RESAMPLES, min(RESAMPLES, DRAWS // max(n, 1)))


def _means(
    values: "numpy.ndarray", count: int, generator: "numpy.random.Generator"
) -> "Iterator[numpy.ndarray]":
    """The means of the resamples, in portions: the draws follow each other as if they were taken all at
    once.
    """
    portion = max(1, _AT_ONCE // len(values))
    for begun in range(0, count, portion):
        picks = generator.integers(0, len(values), (min(portion, count - begun), len(values)))
        yield values[picks].mean(axis=-1)

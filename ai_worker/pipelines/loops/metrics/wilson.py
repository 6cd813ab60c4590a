"""The interval of a rate."""

import math
from statistics import NormalDist


def wilson(successes: int, number: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Wilson's score interval without continuity correction; None of nothing.

    Wilson, E. B. (1927), JASA 22, 209-212.

    Args:
        successes: how many of `number` were so.
        confidence: share of such intervals that hold the true rate.
    """
    if number == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, correction = successes / number, z * z / number
    centre = (rate + correction / 2) / (1 + correction)
    half = z / (1 + correction) * math.sqrt(rate * (1 - rate) / number + correction / (4 * number))
    # At 0 and all, the formula's end is 0 and 1; rounding would leave it a hair beside.
    return (0.0 if successes == 0 else centre - half, 1.0 if successes == number else centre + half)

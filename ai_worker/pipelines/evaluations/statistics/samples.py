"""Several samples of one question: the chance that one of k is right, and the answer of the majority."""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

Answer = TypeVar("Answer", bound=Hashable)


def pass_at_k(n: int, correct: int, k: int) -> float:
    """The probability that at least one of k samples, drawn from n without replacement, is correct.

    The unbiased estimator of Chen et al. 2021 (arXiv:2107.03374, equation 1), 1 - C(n - c, k) / C(n, k), in
    whole numbers.

    Args:
        n: how many samples there are.
        correct: how many of them are correct.
        k: how many are drawn, from 1 to n.

    Raises:
        ValueError: the counts are none.
    """
    if not 0 <= correct <= n or not 1 <= k <= n:
        raise ValueError(f"pass@{k} of {correct} correct among {n} samples is not defined")
    failing = math.comb(n - correct, k)
    every = math.comb(n, k)
    return (every - failing) / every


def majority_answer(answers: Sequence[Answer]) -> Answer | None:
    """The answer given more often than any other (self-consistency, Wang et al. 2022, arXiv:2203.11171).

    Args:
        answers: in a form in which equal answers are equal, such as `comparing.normalise` gives.

    Returns:
        None where there is no answer, or several share the lead.
    """
    leading = Counter(answers).most_common(2)
    if not leading or (len(leading) == 2 and leading[0][1] == leading[1][1]):
        return None
    return leading[0][0]

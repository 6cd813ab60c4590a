"""The tokens that a call is expected to give back, learned from the calls of its kind before it.

The bound of an answer is a cap and no estimate: a model that may write 65,536 tokens answers a line with a
line. A kind of work answers in proportion to what it is asked (a correction is as long as its text), or with
about the same length always (a verdict); of the latest calls of a kind, the one quantile below covers both.
Each process learns by itself: what it reserves is its own.
"""

import math
import threading
from bisect import bisect_left, insort
from collections import OrderedDict, deque
from collections.abc import Sequence

SAMPLES = 100
"""Calls that are remembered of each kind."""
QUANTILE = 0.95
ENOUGH = 5
"""Samples below which the first guess counts, too."""
BASE = 256
"""Tokens of an answer to nothing: question and answer are compared with this number added to the question."""
FIRST = 1024
"""Tokens of an answer of a kind that is not known yet, at least: a first guess that is too low overspends."""
KINDS = 512


Sample = tuple[float, int]
"""The length of an answer: as a share of its question, and in tokens."""


class _Samples:
    """The latest calls of one kind, in their order and by their size: each call asks for a quantile."""

    def __init__(self) -> None:
        self._latest: deque[Sample] = deque()
        self.ranked: list[Sample] = []

    def add(self, sample: Sample) -> None:
        if len(self._latest) == SAMPLES:
            del self.ranked[bisect_left(self.ranked, self._latest.popleft())]
        self._latest.append(sample)
        insort(self.ranked, sample)


class Expectation:
    """Answers' lengths by kind of work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples: OrderedDict[str, _Samples] = OrderedDict()

    def output(self, kind: str, asked: int, bound: int | None = None) -> int:
        """Tokens that the answer is expected to have at most, in 19 of 20 calls.

        Args:
            kind: calls that are alike: of the same model and the same instructions.
            asked: tokens of the question.
            bound: the longest answer that the provider is allowed.
        """
        with self._lock:
            known = self._samples.get(kind)
            return _quantile(known.ranked if known else (), asked + BASE, bound)

    def learn(self, kind: str, asked: int, answered: int) -> None:
        """Take a counted answer into account."""
        with self._lock:
            samples = self._samples.setdefault(kind, _Samples())
            self._samples.move_to_end(kind)
            samples.add((answered / (asked + BASE), answered))
            if len(self._samples) > KINDS:
                self._samples.popitem(last=False)


def _quantile(samples: Sequence[Sample], scale: int, bound: int | None) -> int:
    if len(samples) < ENOUGH:
        expected = max([FIRST, scale, *(math.ceil(ratio * scale) for ratio, _ in samples)])
    else:
        place = min(len(samples) - 1, math.ceil(QUANTILE * len(samples)) - 1)
        expected = max(1, math.ceil(samples[place][0] * scale))
    if bound is None:
        return expected
    # Thoughts may go beyond the bound of an answer.
    return min(expected, max([bound, *(answered for _, answered in samples)]))


expectation = Expectation()
"""Of this process."""

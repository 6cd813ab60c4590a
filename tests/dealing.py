"""The order in which tests run side by side: a few workers begin with those that wait for real processes, the
others with those that compute.

pytest-xdist's `worksteal` gives each worker one piece of the list. In the order of the folders the first
worker would have all acceptance tests, and nothing short would be left to fill their waiting at the end. Were
they shared by all workers, the cores would rest while all wait, and be too few afterwards.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

Test = TypeVar("Test")

WAITING = 5
"""Workers that begin with tests that wait; each takes a quarter of a core [measured]."""


def dealt(tests: Sequence[Test], workers: int, waits: Callable[[Test], bool]) -> list[Test]:
    """The tests in pieces, one for each worker, of the sizes that `worksteal` makes; the last pieces begin
    with those that wait, each with its share of them.
    """
    waiting = [test for test in tests if waits(test)]
    others = iter([test for test in tests if not waits(test)])
    order: list[Test] = []
    left = len(tests)
    sharing = min(workers, WAITING)
    for worker in range(workers):
        size = left // (workers - worker)
        left -= size
        place = worker - (workers - sharing)
        share = waiting[place::sharing] if place >= 0 else []
        order += [*share, *islice(others, max(0, size - len(share)))]
    return [*order, *others]

"""The order in which tests run side by side: those that wait for real processes first, some at each worker.

pytest-xdist's `worksteal` gives each worker one piece of the list. In the order of the folders the first
worker would have all acceptance tests, and nothing short would be left to fill their waiting at the end.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

Test = TypeVar("Test")


def dealt(tests: Sequence[Test], workers: int, waits: Callable[[Test], bool]) -> list[Test]:
    """The tests in pieces, one for each worker, of the sizes that `worksteal` makes; every piece begins with
    its share of those that wait.
    """
    waiting = [test for test in tests if waits(test)]
    others = iter([test for test in tests if not waits(test)])
    order: list[Test] = []
    left = len(tests)
    for worker in range(workers):
        size = left // (workers - worker)
        left -= size
        share = waiting[worker::workers]
        order += [*share, *islice(others, max(0, size - len(share)))]
    return [*order, *others]

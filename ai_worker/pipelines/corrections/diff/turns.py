"""Long work on the processor in steps: hundreds of calls wait for answers in the same thread, and must not
wait for one long text.
"""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Thing = TypeVar("_Thing")

SHORT = 1_000
"""Words, some 1 ms, below which giving way would cost more than the step itself."""
AT_ONCE = 10_000
"""Words, some 10 ms, after which other greenlets run."""


def let_others_run(words: int = AT_ONCE) -> None:
    """Give way to the other greenlets of a worker, after a step over many words; a short one does not."""
    if words >= SHORT:
        time.sleep(0)


def taking_turns(things: Iterable[_Thing], at_once: int = AT_ONCE) -> Iterator[_Thing]:
    """Yield the same things, and let others run after every `at_once` of them."""
    iterator = iter(things)
    while portion := list(islice(iterator, at_once)):
        yield from portion
        if len(portion) == at_once:
            let_others_run()

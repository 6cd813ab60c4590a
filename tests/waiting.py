"""Waiting for a condition, where other processes bring it about."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def wait_until(
    condition: Callable[[], object], what: str, *, seconds: float = 20, every: float = POLL_SECONDS
) -> None:
    """Return as soon as the condition holds.

    Args:
        condition: asked again and again.
        what: is waited for, named in the failure.
        seconds: after which it is a failure.
        every: seconds between two looks, where a look costs something.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(every)

"""Waiting for a condition, where other processes bring it about."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.05
SELDOM_SECONDS = 0.2
LATE = 0.025
"""The share of a wait by which its end is seen late: a look takes CPU time from the processes waited for."""


def wait_until(
    condition: Callable[[], object], what: str, *, seconds: float = 20, every: float | None = None
) -> None:
    """Return as soon as the condition holds.

    Args:
        condition: asked again and again.
        what: is waited for, named in the failure.
        seconds: after which it is a failure.
        every: seconds between two looks; at first 0.05, and then more and more seldom unless given.
    """
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds} s: {what}"
        time.sleep(every or min(SELDOM_SECONDS, max(POLL_SECONDS, LATE * waited)))

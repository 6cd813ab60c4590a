"""Waiting for what other processes bring about."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.02


class Timeout(Exception):
    """Something did not happen in time."""


def wait_until(
    condition: Callable[[], object], what: str, *, seconds: float, poll: float = POLL_SECONDS
) -> None:
    """Return as soon as the condition holds.

    Args:
        condition: asked every `poll` seconds.
        what: is waited for, named in the failure.
        seconds: after which it is a failure.

    Raises:
        Timeout: it did not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Timeout(f"not within {seconds:.0f} s: {what}")
        time.sleep(poll)

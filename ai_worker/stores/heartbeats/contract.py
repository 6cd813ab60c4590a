"""Heartbeat rows: one for each queue, in the store that the queue's rows live in. All times are the store's
own.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Heard:
    """The state of a queue's workers.

    Args:
        unanswered: seconds since the oldest heartbeat without an answer; 0 where all are answered.
        unreleased: seconds since the latest release.
    """

    unanswered: float
    unreleased: float


class Heartbeats(Protocol):
    """The store of heartbeat rows. Raises StoreUnavailable when the store is away."""

    def release(self, queue: str) -> None:
        """Note that a heartbeat is on its way; the time of one that is still unanswered stays."""
        ...

    def answer(self, queue: str) -> None:
        """Note that it came through."""
        ...

    def heard(self, queue: str) -> Heard | None:
        """None where no heartbeat was ever released."""
        ...

"""Groups: rows of one parent, whose end is a question to the store."""

from collections.abc import Hashable, Iterable
from typing import Any, Protocol

from ai_worker.engine.contract.row import Claim


class Groups(Hashable, Protocol):
    """The groups that a kind of rows belongs to. A parent never waits for its group.

    Every method but `of` raises StoreUnavailable when the store cannot be reached; what it was about is tried
    again.
    """

    def of(self, claim: Claim) -> Hashable | None:
        """The group of a row; None where it has none."""
        ...

    def add(self, group: Any, finished: int, failed: int) -> None:
        """Add to the group's counters: rows that reached a final status in one process within a second."""
        ...

    def is_closed(self, group: Any) -> bool:
        """Return whether no row of the group is open: one `NOT EXISTS` query."""
        ...

    def close(self, group: Any) -> None:
        """End the group: recount it from its rows, and start what follows. Fenced by the group's own state,
        so that closing it twice closes it once.
        """
        ...

    def unfinished(self) -> Iterable[Any]:
        """Groups that have ended without being closed, as after a crash; asked by every scan."""
        ...

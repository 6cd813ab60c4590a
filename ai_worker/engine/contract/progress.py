"""The progress of a pipeline's tasks, for command line, API and panel."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """One task's rows by state, as the store has them.

    Args:
        task: the task's name as operators know it, e.g. `Task 42`, `TrustGen.queue_claims`.
        state: the task's own status, or the reason it rests.
        counts: rows by status, in the pipeline's own words.
        title: for readers, where the name is an id; empty: the name.
        done, failed, in_flight, waiting: the same rows by what an operator asks about. Reserved rows are
            waiting.
    """

    pipeline: str
    task: str
    state: str
    counts: Mapping[str, int]
    done: int
    failed: int
    in_flight: int
    waiting: int
    title: str = ""

    @property
    def total(self) -> int:
        """All rows of the task."""
        return self.done + self.failed + self.in_flight + self.waiting

    @property
    def ended(self) -> bool:
        """True if none of its rows is open."""
        return not self.in_flight and not self.waiting

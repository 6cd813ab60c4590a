"""How far the tasks of a pipeline are, for whoever watches."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """One task's rows by state, as the store has them.

    Args:
        task: the task's name for a person, e.g. `Task 42`, `TrustGen.queue_claims`.
        state: the task's own status, or the reason it rests.
        counts: rows by status, in the pipeline's own words.
        done, failed, in_flight, waiting: the same rows by what a person wants to know. Reserved rows are
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

    @property
    def total(self) -> int:
        """All rows of the task."""
        return self.done + self.failed + self.in_flight + self.waiting

    @property
    def ended(self) -> bool:
        """Whether none of its rows is open."""
        return not self.in_flight and not self.waiting

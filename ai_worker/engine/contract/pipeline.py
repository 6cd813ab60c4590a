"""What a pipeline tells the engine about itself, and the register of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Lane, Result
from ai_worker.engine.contract.source import Source


class Outcome(StrEnum):
    """How an owner's work on a row ended."""

    FINISHED = "finished"
    FAILED = "failed"
    LATER = "later"
    TAKEN_OVER = "taken_over"


def _as_they_are(lanes: Sequence[Lane]) -> Sequence[Lane]:
    return lanes


def _nothing(claim: Claim, outcome: Outcome) -> None:
    """A pipeline that keeps no progress of its own."""


@dataclass(frozen=True)
class Pipeline:
    """Rows of one kind and what is done with them.

    Args:
        name: also the name of its queue.
        open_source: makes the source at its first use, so that importing a pipeline connects to nothing.
        task: name of the Celery task that works one row; called with the row's address, id and token.
        scan_task: name of the Celery task that scans for due rows; called without arguments.
        work: asks the model about a claimed row and returns the fields to store, or a `Result`; raises
            WorkError.
        open_lanes: which of the lanes may be worked now, with their caps: leaves out what is paused or
            closed.
        on_outcome: called with each outcome once it is written.
        on_scan: what the pipeline wants to do at every scan beside reserving.
        progress: how far its tasks are, those that still matter first.
    """

    name: str
    open_source: Callable[[], Source]
    task: str
    scan_task: str
    work: Callable[[Claim], Mapping[str, Any] | Result]
    open_lanes: Callable[[Sequence[Lane]], Sequence[Lane]] = _as_they_are
    on_outcome: Callable[[Claim, Outcome], None] = _nothing
    on_scan: Callable[[], None] | None = None
    progress: Callable[[], Sequence[TaskProgress]] = tuple

    @cached_property
    def source(self) -> Source:
        """The store's rows."""
        return self.open_source()


PIPELINES: dict[str, Pipeline] = {}
"""Every pipeline that this process knows, by name."""


def register(pipeline: Pipeline) -> Pipeline:
    """Make a pipeline known to scanners, `ai-worker status` and the supervisor."""
    PIPELINES[pipeline.name] = pipeline
    return pipeline

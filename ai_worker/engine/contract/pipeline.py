"""Kinds of rows and the pipelines that they make up, as pipelines declare them to the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, partial
from typing import Any

from ai_worker.engine.contract.control import Control
from ai_worker.engine.contract.groups import Groups
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.contract.row import Claim, Lane, Result
from ai_worker.engine.contract.source import Source
from ai_worker.engine.counting import count_lost
from ai_worker.outbound.endpoint import Endpoint
from ai_worker.outbound.records.contract import Records


class Outcome(StrEnum):
    """The end of an owner's work on a row."""

    FINISHED = "finished"
    FAILED = "failed"
    LATER = "later"
    TAKEN_OVER = "taken_over"


def _all_lanes(lanes: Sequence[Lane]) -> Sequence[Lane]:
    return lanes


def _nothing(claim: Claim, outcome: Outcome) -> None:
    """A kind that keeps no progress of its own."""


def _ready() -> None:
    """A pipeline that has nothing to load."""


def _no_models(name: str) -> Sequence[Endpoint]:
    """A pipeline whose rows ask none."""
    return ()


@dataclass(eq=False)
class Kind:
    """Rows of one kind and what is done with them.

    Args:
        name: the last part of the name of their Celery task.
        open_source: makes the source at its first use, so that importing a pipeline connects to nothing.
        work: asks the model about a claimed row and returns the fields to store, or a `Result`; raises
            WorkError.
        open_lanes: the lanes that may be worked now, with their caps: leaves out what is paused or closed.
        on_outcome: called with each outcome once it is written.
        effects: handlers of the effects of this kind's results, by name. A handler may be called more than
            once for the same effect.
        groups: the groups that the rows belong to.
        label: the name of a claimed row in log lines, as its users know it: `[TaskItem 7]`.
        pipeline: the name of the pipeline; set by it.
    """

    name: str
    open_source: Callable[[], Source]
    work: Callable[[Claim], Mapping[str, Any] | Result]
    open_lanes: Callable[[Sequence[Lane]], Sequence[Lane]] = _all_lanes
    on_outcome: Callable[[Claim, Outcome], None] = _nothing
    effects: Mapping[str, Callable[[Mapping[str, Any]], None]] = field(default_factory=dict)
    groups: Groups | None = None
    label: Callable[[Claim], str] | None = None
    pipeline: str = field(default="", init=False)

    def named(self, claim: Claim) -> str:
        """A claimed row in log lines."""
        return f"{self.task} {claim.row_id}:" if self.label is None else self.label(claim)

    @property
    def task(self) -> str:
        """The name of the Celery task that works one row; called with the row's address, id and token."""
        return f"{self.pipeline}.{self.name}"

    @cached_property
    def source(self) -> Source:
        """The rows in their store."""
        source = self.open_source()
        source.on_lost = partial(count_lost, self.pipeline, self.name)
        return source


@dataclass(eq=False)
class Pipeline:
    """Kinds of rows that share a queue, a prefetch window and their progress.

    Args:
        name: also the name of its queue.
        kinds: those whose rows are to start first come first.
        stores: what it needs to run: `mysql`, `mongo`.
        on_scan: what the pipeline wants to do at every scan beside reserving.
        progress: the progress of its tasks, those that still matter first.
        control: pausing, resuming, stopping, cancelling and retrying its groups.
        records: opens the request logs of its rows, one for each database.
        models: the models that its rows may ask and that go by a name, or all of them where the name is
            empty, to be tried by an operator.
        warm_up: loads what takes long at its first use, which would hold up all other rows of a worker;
            called once as a worker of its rows starts.
    """

    name: str
    kinds: Sequence[Kind]
    stores: Sequence[str]
    on_scan: Callable[[], None] | None = None
    progress: Callable[[], Sequence[TaskProgress]] = tuple
    control: Control | None = None
    records: Callable[[], Sequence[Records]] = tuple
    models: Callable[[str], Sequence[Endpoint]] = _no_models
    warm_up: Callable[[], None] = _ready

    def __post_init__(self) -> None:
        for kind in self.kinds:
            kind.pipeline = self.name

    @property
    def scan_task(self) -> str:
        """The name of the Celery task that scans for due rows; called without arguments."""
        return f"{self.name}.scan"

    def kind(self, name: str) -> Kind:
        """The kind of that name."""
        return next(kind for kind in self.kinds if kind.name == name)


PIPELINES: dict[str, Pipeline] = {}
"""Every pipeline that this process knows, by name."""


def register(pipeline: Pipeline) -> Pipeline:
    """Make a pipeline known to scanners, `ai-worker status` and the supervisor."""
    PIPELINES[pipeline.name] = pipeline
    return pipeline

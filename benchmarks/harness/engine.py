"""The common base of engines: rows in a database of their own, worker processes, and a way to announce new
rows.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from benchmarks.harness.model_process import ModelProcess
from benchmarks.harness.processes import Program
from benchmarks.harness.stores import Sql
from benchmarks.harness.waiting import wait_until

START_SECONDS = 120
TEXT = "row-{}: this is a short sentense that has a mistake, as many do."


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one engine, by their ids: `count` of them from `first` on."""

    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage that the engines of one run share.

    Args:
        model: whom all of them ask.
        folder: where their processes run and log.
    """

    model: ModelProcess
    folder: Path


class Engine(ABC):
    """One way to work rows. Use it as a context manager: it ends its processes.

    Args:
        database: the rows'; the engine makes its tables.
        slots: rows in flight at once in each worker process.
    """

    name: ClassVar[str]

    def __init__(self, stage: Stage, database: Sql, slots: int) -> None:
        self.stage = stage
        self.database = database
        self.slots = slots
        self.workers: list[Program] = []
        self.others: list[Program] = []

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End its processes."""
        for program in [*self.workers, *self.others]:
            program.stop()
        self.workers.clear()
        self.others.clear()

    def restart(self) -> None:
        """End its processes and start one worker process anew, without waiting for it."""
        self.stop()
        self.launch()

    @property
    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """The command that starts one worker process."""

    @property
    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """The variables of its processes beside our own."""

    def start(self, workers: int = 1) -> None:
        """Start worker processes, and wait until none is still starting: until a few rows for each slot are
        done.
        """
        self.launch(workers)
        self.work(min(200, self.slots) * workers, seconds=START_SECONDS)

    def launch(self, workers: int = 1) -> None:
        """Start worker processes."""
        for _ in range(workers):
            self.workers.append(self.program(self.command))

    def program(self, command: Sequence[str | Path]) -> Program:
        """Start a process of this engine."""
        return Program(
            self.name.replace(" ", "-").replace(",", ""), command, self.environment, self.stage.folder
        )

    def work(self, count: int, *, seconds: float) -> None:
        """Have `count` rows worked to their end, with a model that answers at once."""
        self.stage.model.reset(0.0)
        rows = self.add(count)
        self.enqueue(rows)
        wait_until(
            lambda: self.done(rows) == count,
            f"{count} rows done by {self.name}; logs in {self.stage.folder}",
            seconds=seconds,
            poll=0.2,
        )

    @abstractmethod
    def add(self, count: int) -> Rows:
        """Insert rows."""

    @abstractmethod
    def enqueue(self, rows: Rows) -> None:
        """Tell the workers of the rows, without waiting for anything."""

    @abstractmethod
    def done(self, rows: Rows) -> int:
        """The number of rows that are done."""

    @abstractmethod
    def feeding_seconds(self) -> float:
        """CPU time spent so far on handing rows to the workers."""

    def cpu_seconds(self) -> float:
        """CPU time of the worker processes so far."""
        return sum(program.cpu_seconds() for program in self.workers)


def fed(program: Program) -> Mapping[str, float]:
    """The report of a feeding process, once it has ended."""
    program.process.wait()
    return dict(json.loads(program.said().splitlines()[-1]))

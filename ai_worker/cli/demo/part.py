"""What a pipeline brings along for the demo: a module `demo` in its folder, found by name."""

from collections.abc import Sequence
from typing import Protocol, cast

from rich.console import Console

from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.kit.demo_work import DemoWork
from ai_worker.pipelines import parts
from ai_worker.settings import settings


class Part(Protocol):
    """The module."""

    NEXT: str
    """A command to try afterwards."""

    def load(self, work: DemoWork) -> None:
        """Put the sample work into the stores and hand it to the workers."""
        ...

    def ended(self, tasks: Sequence[TaskProgress]) -> bool:
        """True when the work has ended; asked again and again, so it may also do the next step of it."""
        ...

    def show(self, console: Console, work: DemoWork) -> None:
        """Show the results."""
        ...


def demo_parts() -> list[Part]:
    """The parts of the pipelines that are switched on, in their order."""
    return [cast(Part, module) for _, module in parts(settings().pipelines, "demo")]

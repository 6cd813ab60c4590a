"""`ai-worker demo`: load the sample work, follow it, show what came of it. `dev.py demo` starts the servers
and workers for it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.app import app
from ai_worker.cli.demo.part import Part, demo_parts
from ai_worker.cli.operations.watch import follow
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.errors import ConfigurationError
from ai_worker.kit.demo_work import DemoWork, demo_models, demo_provider

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def demo(
    load: Annotated[
        bool,
        typer.Option("--load", help="Put the sample work into the databases and hand it to the workers."),
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Follow the sample work to its end, then show the results.")
    ] = False,
    knowledge_base: Annotated[
        str,
        typer.Option("--knowledge-base", metavar="URL", help="What loops test; empty: our own search."),
    ] = "",
    pictures: Annotated[
        Path | None, typer.Option("--pictures", metavar="FOLDER", help="Write pictures of worlds there.")
    ] = None,
) -> None:
    """Sample work, from the databases through the workers and back."""
    console = Console()
    if not SAMPLES.is_dir():
        raise ConfigurationError(
            f"the samples are not at {SAMPLES}; the demo runs from a clone of the repository"
        )
    found, work = demo_parts(), DemoWork(SAMPLES, knowledge_base, pictures)
    if load:
        console.print(f"Asking [bold]{demo_models()[-1]}[/bold] of {demo_provider()}.")
        app.set_current()
        for part in found:
            part.load(work)
    if show:
        _follow(console, found)
        for part in found:
            part.show(console, work)
        console.rule("To try next")
        for part in found:
            console.print(f"  {part.NEXT}", markup=False, highlight=False)


def _follow(console: Console, found: Sequence[Part]) -> None:
    waiting = list(found)

    def until(tasks: Sequence[TaskProgress]) -> bool:
        for part in [part for part in waiting if part.ended(tasks)]:
            waiting.remove(part)
        return not waiting

    follow(console, until)

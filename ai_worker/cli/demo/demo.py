"""`ai-worker demo`: load the sample work, follow it, show what came of it. `dev.py demo` starts the servers
and workers for it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.app import app
from ai_worker.cli.demo.results import show_corrections, show_evaluations, show_translations
from ai_worker.cli.demo.work import Sample, load, of_this_demo
from ai_worker.cli.operations.watch import follow
from ai_worker.engine.contract.progress import TaskProgress
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.corrections.tasks import PIPELINE
from ai_worker.pipelines.evaluations.service import judges
from ai_worker.pipelines.evaluations.tasks import expand

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def demo(
    load_work: Annotated[
        bool,
        typer.Option("--load", help="Put the sample work into the databases and hand it to the workers."),
    ] = False,
    show: Annotated[
        bool, typer.Option("--show", help="Follow the sample work to its end, then show the results.")
    ] = False,
    flower: Annotated[
        str, typer.Option("--flower", help="The address of Flower, to be shown at the end.")
    ] = "",
    api: Annotated[str, typer.Option("--api", help="The address of the API, to be shown at the end.")] = "",
) -> None:
    """Sample work, from the databases through the workers and back."""
    console = Console()
    if not SAMPLES.is_dir():
        raise ConfigurationError(
            f"the samples are not at {SAMPLES}; the demo runs from a clone of the repository"
        )
    if load_work:
        sample = load(SAMPLES)
        console.print(f"Asking [bold]{sample.asked}[/bold].")
        app.set_current()
        request_scan(PIPELINE)
        expand.apply_async()
    if show:
        sample = of_this_demo()
        follow(console, until=lambda tasks: _all_ended(sample, tasks))
        show_corrections(console, sample)
        show_translations(console, sample)
        show_evaluations(console, sample)
        for name, address in (("Flower", flower), ("API", api)):
            if address:
                console.print(f"{name}: [link={address}]{address}[/link]")


def _all_ended(sample: Sample, tasks: Sequence[TaskProgress]) -> bool:
    known = {task.task for task in tasks}
    expected = {f"Task {id_task}" for id_task in sample.correction_tasks} | {
        f"{sample.database}.{queue}" for queue in sample.queues
    }
    to_judge = any(
        judges().to_transfer(sample.database, queue, 1)
        for queue in sample.queues
        if not queue.startswith("queue_rta_")
    )
    return expected <= known and not to_judge and all(task.ended for task in tasks if task.task in expected)

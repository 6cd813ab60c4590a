"""`ai-worker chaos`: the fault suite's long form, on a stack of its own. It is part of the tests, so it runs
from a clone.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ai_worker.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]


def chaos(
    minutes: Annotated[float, typer.Option("--minutes", help="How long things are broken.")] = 5.0,
    seed: Annotated[int, typer.Option("--seed", help="Decides which faults come when.")] = 7,
    rows: Annotated[
        int, typer.Option("--rows", min=10, help="Rows at the start; more follow when they run out.")
    ] = 10_000,
    soak: Annotated[
        float,
        typer.Option("--soak", min=0, help="Break nothing, add N rows a second: show what grows."),
    ] = 0.0,
    backlog: Annotated[
        int,
        typer.Option(
            "--backlog", min=0, help="Break nothing: compare the cost of N waiting rows with that of 10,000."
        ),
    ] = 0,
    production: Annotated[
        bool, typer.Option("--production", help="Production's time-outs in place of the tests' short ones.")
    ] = False,
) -> None:
    """Kill workers, flush and restart servers under load, and report whether every row has one answer.

    Starts Redis, MariaDB, a document store and the offline model of its own on this machine; touches no
    other. Exit code 1 if a promise was broken. [cyan]ai-worker chaos --minutes 30 --seed 7[/cyan]
    """
    if not (ROOT / "tests" / "acceptance" / "chaos").is_dir():
        raise ConfigurationError(
            "ai-worker chaos is part of the tests: it runs from a clone of the repository"
        )
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from tests.acceptance.chaos.run import run  # noqa: PLC0415 - not there where AI Worker is only installed

    console = Console()
    report = run(
        minutes,
        seed,
        rows,
        soak_rate=soak,
        backlog=backlog,
        production=production,
        tell=lambda line: console.print(line, highlight=False),
    )
    console.print(report.text, highlight=False)
    raise typer.Exit(0 if report.kept else 1)

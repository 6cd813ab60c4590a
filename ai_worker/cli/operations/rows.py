"""`ai-worker rows`: the due rows of any pipeline, worked here and now or handed to the workers."""

from collections import Counter
from typing import Annotated

import typer
from celery import current_app
from kombu.exceptions import OperationalError
from rich.console import Console

from ai_worker.app import PIPELINES
from ai_worker.engine.contract.pipeline import Outcome, Pipeline
from ai_worker.engine.dispatch.scan import request_scan
from ai_worker.engine.worker.local import run_lanes
from ai_worker.engine.worker.upkeep import keep_up
from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.settings import settings

group = typer.Typer(help="The due rows of any pipeline.", no_args_is_help=True)

PipelineArgument = Annotated[str, typer.Argument(metavar="PIPELINE", help="A name of the setting PIPELINES.")]
LimitOption = Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most N rows.")]


@group.command("run")
def run(pipeline: PipelineArgument, limit: LimitOption = None) -> None:
    """Work due rows [bold]here and now[/bold], without workers or a broker. Exit code 1 if a row failed for
    good.

    Example: [cyan]ai-worker rows run tickets --limit 10[/cyan]
    """
    console, chosen = Console(), named(pipeline)
    tally: Counter[Outcome] = Counter()
    with console.status(f"{chosen.name}: working due rows") as shown:

        def noted(_: object, outcome: Outcome) -> None:
            tally[outcome] += 1
            shown.update(f"{chosen.name}: {_listed(tally)}")

        for kind in chosen.kinds:
            left = None if limit is None else limit - sum(tally.values())
            if left != 0:
                run_lanes(kind, kind.source.lanes(), left, noted)
    keep_up(chosen)
    console.print(_listed(tally) or "Nothing is due.")
    if tally[Outcome.FAILED]:
        raise typer.Exit(1)


@group.command("enqueue")
def enqueue(pipeline: PipelineArgument) -> None:
    """Have the workers look for due rows at once. [cyan]ai-worker watch[/cyan] follows them."""
    chosen = named(pipeline)
    if not settings().redis_url:
        raise ConfigurationError("REDIS_URL is not set: it is where the workers listen")
    try:
        current_app.connection_for_write().ensure_connection(max_retries=1, timeout=5)
    except OperationalError as fault:
        raise ConfigurationError(f"REDIS_URL: the broker does not answer: {fault}") from None
    request_scan(chosen)
    Console().print(f"The workers look for due rows of {chosen.name}.")


def named(name: str) -> Pipeline:
    """The pipeline of that name.

    Raises:
        BadRequest: none that is switched on has it.
    """
    if name not in PIPELINES:
        raise BadRequest(
            f"no pipeline {name!r} is switched on; PIPELINES has {', '.join(PIPELINES) or 'none'}"
        )
    return PIPELINES[name]


def _listed(tally: Counter[Outcome]) -> str:
    return ", ".join(f"{outcome}: {count}" for outcome, count in sorted(tally.items()))

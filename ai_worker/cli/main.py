"""The command line: one group a file, put together here."""

from importlib.metadata import version
from typing import Annotated

import typer

from ai_worker import app  # noqa: F401 - the current Celery app of every command that publishes
from ai_worker.cli import redact
from ai_worker.cli.demo.demo import demo
from ai_worker.cli.operations import (
    control,
    database,
    drain,
    history,
    keys,
    models,
    rows,
    serve,
    status,
    watch,
)
from ai_worker.cli.pipeline_commands import PipelineCommands
from ai_worker.observe.logs import configure_logging

cli = typer.Typer(
    name="ai-worker",
    cls=PipelineCommands,
    help="LLM work held as rows in databases: run it, hand it to the workers, watch it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ai-worker {version('ai_worker')}")
        raise typer.Exit


@cli.callback()
def everywhere(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show every log line, and where an error arose.")
    ] = False,
    version_: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and end."),
    ] = False,
) -> None:
    """Options that stand before the command."""
    configure_logging("DEBUG" if debug else "WARNING")


cli.command("pause")(control.pause)
cli.command("resume")(control.resume)
cli.command("stop")(control.stop)
cli.command("cancel")(control.cancel)
cli.command("retry")(control.retry)
cli.command("drain")(drain.drain)
cli.command("watch")(watch.watch)
cli.command("status")(status.status)
cli.command("history")(history.history)
cli.command("redact")(redact.redact)
cli.command("serve")(serve.serve)
cli.command("demo")(demo)
cli.add_typer(database.group, name="db")
cli.add_typer(keys.group, name="keys")
cli.add_typer(models.group, name="models")
cli.add_typer(rows.group, name="rows")

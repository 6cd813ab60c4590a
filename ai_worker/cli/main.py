"""The command line: options that stand before a command; the commands are in `commands`."""

from importlib.metadata import version
from typing import Annotated

import typer

from ai_worker.cli.commands import Commands
from ai_worker.observe.logs import configure_logging

cli = typer.Typer(
    name="ai-worker",
    cls=Commands,
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

"""The command line: one group a file, put together here."""

from typing import Annotated

import typer

from ai_worker import app  # noqa: F401 - the current Celery app of every command that publishes
from ai_worker.cli import chaos
from ai_worker.cli.demo.demo import demo
from ai_worker.cli.operations import control, database, drain, history, keys, models, serve, status, watch
from ai_worker.observe.logs import configure_logging
from ai_worker.pipelines.corrections.commands import enqueue, run
from ai_worker.pipelines.corrections.commands import main as corrections
from ai_worker.pipelines.evaluations.commands import main as evaluations

cli = typer.Typer(
    name="ai-worker",
    help="LLM work held as rows in databases: run it, hand it to the workers, watch it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@cli.callback()
def everywhere(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show every log line, and where an error arose.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    configure_logging("DEBUG" if debug else "WARNING")


cli.command("run")(run.run)
cli.command("enqueue")(enqueue.enqueue)
cli.command("pause")(control.pause)
cli.command("resume")(control.resume)
cli.command("cancel")(control.cancel)
cli.command("retry")(control.retry)
cli.command("drain")(drain.drain)
cli.command("watch")(watch.watch)
cli.command("status")(status.status)
cli.command("history")(history.history)
cli.command("serve")(serve.serve)
cli.command("demo")(demo)
cli.command("chaos")(chaos.chaos)
cli.add_typer(database.group, name="db")
cli.add_typer(keys.group, name="keys")
cli.add_typer(models.group, name="models")
cli.add_typer(corrections.group, name="correct")
cli.add_typer(evaluations.group, name="eval")

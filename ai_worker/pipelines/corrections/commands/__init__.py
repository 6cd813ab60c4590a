"""The commands of `ai-worker` about corrections.

Entry: `register`. Holds no rules: each command calls one service.
"""

import typer

from ai_worker.pipelines.corrections.commands import enqueue, main, run


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.command("run")(run.run)
    cli.command("enqueue")(enqueue.enqueue)
    cli.add_typer(main.group, name="correct")

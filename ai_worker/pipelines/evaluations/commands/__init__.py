"""The commands of `ai-worker eval`.

Entry: `register`. Holds no rules: each command calls one service.
"""

import typer

from ai_worker.pipelines.evaluations.commands import main


def register(cli: typer.Typer) -> None:
    """Add the commands to the command line."""
    cli.add_typer(main.group, name="eval")

"""Commands that pipelines bring along, imported when they are asked for: to import those of every pipeline
takes longer than most commands do.
"""

from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from ai_worker.pipelines import folders, parts
from ai_worker.settings import settings


class PipelineCommands(TyperGroup):
    """The commands of the operator, and those of every pipeline, whether it is switched on or not."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        switched_on = settings().pipelines
        self._not_imported = [*switched_on, *(name for name in folders() if name not in switched_on)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        named_alike = [entry for entry in self._not_imported if entry == cmd_name]
        for entry in [*named_alike, *self._not_imported]:
            if cmd_name in self.commands:
                break
            self._import(entry)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, for the help."""
        for entry in sorted(self._not_imported):
            self._import(entry)
        return super().list_commands(ctx)

    def _import(self, entry: str) -> None:
        if entry not in self._not_imported:
            return
        self._not_imported.remove(entry)
        for _, commands in parts([entry], "commands"):
            brought = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
            commands.register(brought)
            self.commands.update(get_group(brought).commands)

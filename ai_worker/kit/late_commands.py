"""A group of commands each of which is imported when it is asked for: to import all of them takes longer than
most commands do.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_group

Callback = Callable[..., Any]


class LateGroup(TyperGroup):
    """A group with a table of commands that are not imported yet.

    Args:
        late: in the order of the help, a command's name, and the module and name of its function or Typer.
        prepare: is given the function of each command, and returns what is called in its place.
    """

    late: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.prepare: Callable[[Callback], Callback] = lambda callback: callback

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None where there is none."""
        self._import(cmd_name)
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, for the help."""
        for name in self.late:
            self._import(name)
        return [*self.late, *(name for name in super().list_commands(ctx) if name not in self.late)]

    def add(self, register: Callable[[typer.Typer], object]) -> None:
        """Add commands as they are registered at a Typer."""
        brought = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
        register(brought)
        found = get_group(brought).commands
        self._prepare(found.values())
        self.commands.update(found)

    def _import(self, name: str) -> None:
        if name not in self.late or name in self.commands:
            return
        module, _, attribute = self.late[name].partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            self.add(lambda brought: brought.add_typer(found, name=name))
        else:
            self.add(lambda brought: brought.command(name)(found))

    def _prepare(self, commands: Any) -> None:
        for command in commands:
            if isinstance(command, LateGroup):
                command.prepare = self.prepare
            elif isinstance(command, TyperGroup):
                self._prepare(command.commands.values())
            else:
                command.callback = self.prepare(command.callback)


def late_group(package: str, **named: str) -> type[LateGroup]:
    """The class of a group.

    Args:
        package: that holds the modules.
        named: module and name by the name of the command.
    """

    class Group(LateGroup):
        late: ClassVar[Mapping[str, str]] = {
            name.strip("_"): f"{package}.{place}" for name, place in named.items()
        }

    return Group

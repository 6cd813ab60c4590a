"""`list` and `show`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.assistants.commands.named import assistant_named
from ai_worker.pipelines.assistants.registry.config import Config, target_of
from ai_worker.pipelines.assistants.registry.listing import config_in_force
from ai_worker.pipelines.assistants.wire.names import wire_name

Named = Annotated[str, typer.Argument(metavar="ASSISTANT", help="A name, an id, or the beginning of one.")]


def listed() -> None:
    """List all assistants, and the version in force."""
    config = config_in_force()
    table = Table("name", "type", "model", "tools", "active", "secretary", "id")
    for one in sorted(config.assistants.values(), key=lambda row: (row.created_at, row.id)):
        tools = ", ".join(tool.name for tool, _ in config.tools_of(one.id))
        flags = ["yes" if flag else "" for flag in (one.is_active, one.is_secretary)]
        cells = (one.name, one.assistant_type, one.model, tools, *flags, one.id)
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    Console().print(table)
    Console().print(f"Version {config.version} of the configuration.")


def show(assistant: Named) -> None:
    """Show an assistant with its instructions and tools."""
    config = config_in_force()
    found = assistant_named(config, assistant)
    console = Console()
    console.print(Text(harmless(f"{found.name}  ({found.assistant_type}, {found.model})"), style="bold"))
    console.print(Text(harmless(found.instructions)))
    if found.openai_assistant_id:
        label = harmless(found.openai_assistant_id)
        console.print(
            f"openai_assistant_id {label} is a label of old: nothing is asked of it.", style="yellow"
        )
    console.print(_tools(config, found.id))


def _tools(config: Config, assistant_id: str) -> Table:
    table = Table("tool", "type", "as the model knows it", "asks", "description")
    for tool, link in config.tools_of(assistant_id):
        target = config.assistants.get(target_of(tool, link) or "")
        asks = target.name if target and tool.tool_type == "sub_assistant" else ""
        cells = (tool.name, tool.tool_type, wire_name(tool.name), asks, tool.description)
        table.add_row(*(Text(harmless(cell)) for cell in cells))
    return table

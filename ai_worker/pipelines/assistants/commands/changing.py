"""`create`, `edit`, `link`, `unlink`."""

from pathlib import Path
from typing import Annotated, Any

import click
import typer
from rich.console import Console

from ai_worker.pipelines.assistants.commands.named import WHO, assistant_named, tool_named
from ai_worker.pipelines.assistants.commands.showing import Named
from ai_worker.pipelines.assistants.registry import service
from ai_worker.pipelines.assistants.registry.listing import config_in_force, version_in_force
from ai_worker.pipelines.assistants.registry.service import ASSISTANT

Model = Annotated[str | None, typer.Option("--model", help="The model's name, as models.toml knows it.")]
Instructions = Annotated[str | None, typer.Option("--instructions", help="What it is to do.")]
File = Annotated[
    Path | None,
    typer.Option("--instructions-file", exists=True, dir_okay=False, help="The same, from a file of UTF-8."),
]
Kind = Annotated[str | None, typer.Option("--type", help="llm, or openai_api for OpenAI's Responses API.")]
Secretary = Annotated[
    bool | None, typer.Option("--secretary/--no-secretary", help="Whether it answers the queue.")
]
Active = Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it may be talked to.")]


def create(
    name: Annotated[str, typer.Argument(help="Its name.")],
    model: Annotated[str, typer.Option("--model", help="The model's name, as models.toml knows it.")],
    instructions: Instructions = None,
    instructions_file: File = None,
    kind: Kind = None,
    secretary: Secretary = None,
) -> None:
    """Add an assistant."""
    values = _given(model, instructions, instructions_file, kind, secretary, None)
    values.setdefault("instructions", "")
    row = service.create(ASSISTANT, {"name": name, **values}, WHO)
    Console().print(f"Assistant {row['id']} made; version {version_in_force()}.")


def edit(
    assistant: Named,
    name: Annotated[str | None, typer.Option("--name", help="A new name.")] = None,
    model: Model = None,
    instructions: Instructions = None,
    instructions_file: File = None,
    kind: Kind = None,
    secretary: Secretary = None,
    active: Active = None,
) -> None:
    """Change what is given. Without an option the instructions open in your editor."""
    found = assistant_named(config_in_force(), assistant)
    values = _given(model, instructions, instructions_file, kind, secretary, active)
    if name is not None:
        values["name"] = name
    if not values:
        edited = click.edit(found.instructions, extension=".txt")
        if edited is None:
            Console().print("Nothing changed.")
            return
        values["instructions"] = edited.rstrip("\n")
    before = version_in_force()
    service.update(ASSISTANT, found.id, values, WHO)
    after = version_in_force()
    Console().print("Nothing changed." if after == before else f"Changed; version {after}.")


def link(
    assistant: Named,
    tool: Annotated[str, typer.Argument(help="A tool's name, id, or the beginning of one.")],
    sub: Annotated[str | None, typer.Option("--asks", help="The assistant that this link asks.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the tool away instead.")] = False,
) -> None:
    """Give an assistant a tool, or take it away."""
    config = config_in_force()
    one, other = assistant_named(config, assistant).id, tool_named(config, tool).id
    if remove:
        service.unlink(one, other, WHO)
    else:
        service.link(one, other, assistant_named(config, sub).id if sub else None, WHO)
    Console().print(f"Done; version {version_in_force()}.")


def _given(
    model: str | None,
    instructions: str | None,
    file: Path | None,
    kind: str | None,
    secretary: bool | None,
    active: bool | None,
) -> dict[str, Any]:
    if instructions is not None and file is not None:
        raise typer.BadParameter("give the instructions or their file, not both", param_hint="--instructions")
    text = _read(file) if file else instructions
    values = {
        "model": model,
        "instructions": text,
        "assistant_type": kind,
        "is_secretary": secretary,
        "is_active": active,
    }
    return {name: value for name, value in values.items() if value is not None}


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not in UTF-8", param_hint="--instructions-file") from None

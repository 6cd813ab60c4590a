"""Assistants and tools by what an operator types: an id, the beginning of one, or a name."""

from typing import TypeVar
from uuid import UUID

import typer

from ai_worker.pipelines.assistants.registry.config import Assistant, Config, Tool

WHO = "command line"
Row = TypeVar("Row", Assistant, Tool)


def assistant_named(config: Config, text: str) -> Assistant:
    """The assistant that is meant.

    Raises:
        typer.BadParameter: none is, or several are.
    """
    return _one(list(config.assistants.values()), text, "assistant")


def tool_named(config: Config, text: str) -> Tool:
    """The tool that is meant.

    Raises:
        typer.BadParameter: none is, or several are.
    """
    return _one(list(config.tools.values()), text, "tool")


def _one(rows: list[Row], text: str, kind: str) -> Row:
    exact = [row for row in rows if row.name == text or row.id == _id(text)]
    found = exact or [row for row in rows if len(text) >= 4 and row.id.startswith(text.lower())]
    if not found:
        known = ", ".join(sorted(row.name for row in rows)) or "none yet"
        raise typer.BadParameter(f"there is no {kind} {text!r}; there are: {known}")
    if len(found) > 1:
        ids = ", ".join(row.id for row in found)
        raise typer.BadParameter(f"{text!r} may be any of {ids}: give the id")
    return found[0]


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""

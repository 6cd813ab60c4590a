"""The registry as its readers ask for it."""

from collections.abc import Mapping
from typing import Any

import orjson

from ai_worker.pipelines.assistants.registry import repository
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.registry.service import ASSISTANT, TOOL, show
from ai_worker.pipelines.assistants.registry.versions import config_at
from ai_worker.pipelines.assistants.wire.names import wire_name
from ai_worker.pipelines.assistants.wire.schema_edges import for_gemini, for_openai
from ai_worker.stores.mysql import Row, mysql


def page(table: str, wanted: Mapping[str, Any], skip: int, limit: int, order: str) -> tuple[list[Row], int]:
    """A page of assistants or tools, and how many there are in all; see `repository.listed`."""
    with mysql().connection() as database:
        return repository.listed(database, table, wanted, skip, limit, order)


def linked_tools(assistant_id: str) -> list[Row]:
    """The tools of an assistant.

    Raises:
        NotFound: there is no such assistant.
    """
    show(ASSISTANT, assistant_id)
    with mysql().connection() as database:
        return repository.linked_tools(database, assistant_id)


def provider_forms(tool_id: str) -> dict[str, Any]:
    """A tool as the providers are offered it, with what moved from its schema into its description.

    Raises:
        NotFound: there is no such tool.
    """
    tool = show(TOOL, tool_id)
    schema = orjson.loads(tool["input_schema"])
    forms = {"openai": for_openai(schema), "gemini": for_gemini(schema)}
    return {
        "wire_name": wire_name(tool["name"]),
        **{
            name: {"parameters": fitted, "description": f"{tool['description']} {remark}".strip()}
            for name, (fitted, remark) in forms.items()
        },
    }


def versions(object_id: str | None, skip: int, limit: int) -> tuple[list[Row], int]:
    """Versions, the newest first, and how many there are; see `repository.versions`."""
    with mysql().connection() as database:
        rows, total = repository.versions(database, object_id, skip, limit)
    return [{**row, "changes": orjson.loads(row["changes"])} for row in rows], total


def version_in_force() -> int:
    """The version in force."""
    with mysql().connection() as database:
        return repository.current(database)[0]


def config_in_force() -> Config:
    """The configuration in force, straight from MySQL: for a reader that asks once and needs no Redis."""
    return config_at(version_in_force())

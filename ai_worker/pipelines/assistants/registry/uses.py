"""The users of an assistant or a tool: looked up before it is deleted, and shown for their own sake."""

from typing import Any

from ai_worker.pipelines.assistants.registry import repository
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.stores.mysql import MySQLDatabase


def users_of_assistant(database: MySQLDatabase, config: Config, assistant_id: str) -> dict[str, Any]:
    """Tools and assistants that ask it, and users that have a thread with it."""
    tools = [tool for tool in config.tools.values() if tool.assistant_id == assistant_id]
    ids = {tool.id for tool in tools}
    links = [
        link
        for link in config.links
        if link.is_active
        and (link.sub_assistant_id == assistant_id or (link.tool_id in ids and not link.sub_assistant_id))
    ]
    askers = {link.assistant_id for link in links}
    users, threads = repository.users_with_threads(database, assistant_id)
    return {
        "tools": [{"id": tool.id, "name": tool.name} for tool in tools],
        "assistants": _named(config, askers),
        "threads": threads,
        "users": users,
    }


def users_of_tool(config: Config, tool_id: str) -> dict[str, Any]:
    """Assistants that an active link gives it to."""
    askers = {link.assistant_id for link in config.links if link.is_active and link.tool_id == tool_id}
    return {"assistants": _named(config, askers)}


def told(used_by: dict[str, Any]) -> str:
    """The same as a sentence's end; empty where nothing uses it."""
    parts = [f"assistant {row['name']!r}" for row in used_by["assistants"]]
    parts += [f"tool {row['name']!r}" for row in used_by.get("tools", [])]
    if threads := used_by.get("threads"):
        parts.append(f"{threads} thread{'s' if threads > 1 else ''} of users")
    return ", ".join(parts)


def _named(config: Config, ids: set[str]) -> list[dict[str, str]]:
    found = [config.assistants[id_] for id_ in ids if id_ in config.assistants]
    return [{"id": row.id, "name": row.name} for row in sorted(found, key=lambda row: (row.name, row.id))]

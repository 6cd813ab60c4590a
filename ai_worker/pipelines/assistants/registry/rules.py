"""Rules that an assistant, a tool and a link must fit before they are stored."""

from collections.abc import Mapping
from typing import Any

import orjson

from ai_worker.pipelines.assistants.registry.config import Assistant, Config, Tool
from ai_worker.pipelines.assistants.registry.rejected import bad, invalid
from ai_worker.pipelines.assistants.registry.schema_check import checked_schema
from ai_worker.pipelines.assistants.tools.register import kind_named, kinds

ASSISTANT_TYPES = ("llm", "openai_api")
SUB_ASSISTANT = "sub_assistant"
LONGEST: Mapping[str, int] = {"name": 255, "model": 255, "openai_assistant_id": 255, "instructions": 200_000}
"""Characters of a field, whichever way it comes: over HTTP, by a command, or in a file."""
LONGEST_DESCRIPTION = 65_535
"""Bytes of UTF-8: the column's."""


def check_texts(values: Mapping[str, Any]) -> None:
    """Check that the texts of a row can be stored.

    Raises:
        Rejected: 422, naming the field.
    """
    for name, value in values.items():
        if not isinstance(value, str):
            continue
        try:
            size = len(value.encode("utf-8"))
        except UnicodeEncodeError:
            raise invalid(f"{name}: holds characters that are no Unicode text", path=name) from None
        if "\0" in value:
            raise invalid(f"{name}: must not hold a NUL character", path=name)
        if len(value) > LONGEST.get(name, len(value)):
            raise invalid(f"{name}: {len(value)} characters; at most {LONGEST[name]} are taken", path=name)
        if name == "description" and size > LONGEST_DESCRIPTION:
            reason = f"{size} bytes of UTF-8; at most {LONGEST_DESCRIPTION} are taken"
            raise invalid(f"description: {reason}", path=name)


def check_assistant(values: Mapping[str, Any]) -> None:
    """Check the fields of an assistant that are about to be stored.

    Raises:
        Rejected: 400 `Invalid assistant type`; 422 for anything else.
    """
    if "assistant_type" in values and values["assistant_type"] not in ASSISTANT_TYPES:
        raise bad("Invalid assistant type")
    check_texts(values)
    for name in ("name", "model"):
        if name in values and not values[name].strip():
            raise invalid(f"{name}: must not be empty", path=name)


def check_tool(tool: Mapping[str, Any], config: Config) -> None:
    """Check a tool as it would stand after a change.

    Raises:
        Rejected: 400 `Invalid tool type`; 422 for anything else.
    """
    if tool["tool_type"] not in kinds():
        raise bad("Invalid tool type")
    check_texts(tool)
    if not tool["name"].strip():
        raise invalid("name: must not be empty", path="name")
    checked_schema(tool["input_schema"])
    _check_settings(tool)
    if tool["tool_type"] == SUB_ASSISTANT:
        if tool.get("assistant_id") is None:
            raise invalid("assistant_id is required for sub_assistant tool type", path="assistant_id")
        check_sub_assistant(tool["assistant_id"], config, "assistant_id")
    elif tool.get("assistant_id") is not None and tool["assistant_id"] not in config.assistants:
        raise invalid(f"assistant_id: there is no assistant {tool['assistant_id']}", path="assistant_id")


def check_sub_assistant(assistant_id: str, config: Config, field: str) -> None:
    """Check that an assistant may be asked by others.

    Raises:
        Rejected: 422: it does not exist or is not active.
    """
    found = config.assistants.get(assistant_id)
    if found is None:
        raise invalid(f"{field}: there is no assistant {assistant_id}", path=field)
    if not found.is_active:
        raise invalid(f"{field}: assistant {found.name!r} is not active", path=field)


def check_cycles(before: Config, after: Config) -> None:
    """Check that a change closes no circle of assistants that ask one another.

    Raises:
        Rejected: 422, naming the circle.
    """
    found = cycle(after)
    if found and not cycle(before):
        names = " -> ".join(after.assistants[id_].name for id_ in found)
        raise invalid(
            f"sub-assistants would ask one another without end: {names}", path="sub_assistant_id", cycle=found
        )


def cycle(config: Config) -> list[str]:
    """A circle of assistants over active links and tools, its first id again at its end; empty where
    there is none.
    """
    done: set[str] = set()
    for start in config.assistants:
        path: list[str] = []
        # Each entry: an assistant, and those below it that are still to be visited.
        stack = [(start, iter(config.sub_assistants_of(start)))] if start not in done else []
        path += [start] if stack else []
        while stack:
            below = next(stack[-1][1], None)
            if below is None:
                done.add(stack.pop()[0])
                path.pop()
            elif below in path:
                return [*path[path.index(below) :], below]
            elif below not in done and below in config.assistants:
                stack.append((below, iter(config.sub_assistants_of(below))))
                path.append(below)
    return []


def check_whole(config: Config) -> None:
    """Check a configuration that comes as a whole: restored, or imported.

    Raises:
        Rejected: something in it may not be stored.
    """
    for assistant in config.assistants.values():
        check_assistant(_fields(assistant))
    for tool in config.tools.values():
        if tool.tool_type not in kinds():
            raise bad("Invalid tool type")
        checked_schema(tool.input_schema)
        _check_settings(_fields(tool))
    for link in config.links:
        if link.assistant_id not in config.assistants or link.tool_id not in config.tools:
            raise invalid(f"link {link.id}: one of its ends does not exist", path=f"links.{link.id}")
        if link.sub_assistant_id and link.sub_assistant_id not in config.assistants:
            raise invalid(f"link {link.id}: its sub_assistant_id does not exist", path=f"links.{link.id}")


def _check_settings(tool: Mapping[str, Any]) -> None:
    try:
        settings = orjson.loads(tool["settings"]) if tool.get("settings") else {}
    except orjson.JSONDecodeError as fault:
        raise invalid(f"settings: is not JSON: {fault}", path="settings") from None
    if not isinstance(settings, dict):
        raise invalid("settings: must be an object", path="settings")
    if problem := kind_named(tool["tool_type"]).check(settings):
        raise invalid(f"settings: {problem}", path="settings")


def _fields(row: Assistant | Tool) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}

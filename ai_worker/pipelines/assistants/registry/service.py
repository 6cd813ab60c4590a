"""Changes of the registry as its clients ask for them, each one version."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ai_worker.errors import NotFound
from ai_worker.pipelines.assistants.registry import repository, rules, uses
from ai_worker.pipelines.assistants.registry.config import Config
from ai_worker.pipelines.assistants.registry.rejected import bad, in_use
from ai_worker.pipelines.assistants.registry.versions import change
from ai_worker.stores.mysql import MySQLDatabase, Row, mysql

ASSISTANT, TOOL = "assistants", "tools"
NOT_FOUND = {ASSISTANT: "Assistant not found", TOOL: "Tool not found"}
_NEW: Mapping[str, Mapping[str, Any]] = {
    ASSISTANT: {
        "is_secretary": False,
        "assistant_type": "llm",
        "openai_assistant_id": None,
        "is_active": True,
    },
    TOOL: {"assistant_id": None, "settings": None, "is_active": True},
}


def show(table: str, id_: str) -> Row:
    """One assistant or tool.

    Raises:
        NotFound: with the seed's text.
    """
    with mysql().connection() as database:
        return _found(database, table, id_)


def create(table: str, values: Mapping[str, Any], who: str, id_: str | None = None) -> Row:
    """Add an assistant or a tool.

    Raises:
        Rejected: a rule refuses it.
    """

    def act(database: MySQLDatabase, config: Config) -> Row:
        row = {**_NEW[table], **values}
        _check(table, row, row, config)
        new = id_ or str(uuid4())
        repository.insert(database, table, new, row)
        return _found(database, table, new)

    return change(act, who)


def update(table: str, id_: str, values: Mapping[str, Any], who: str) -> Row:
    """Change the fields given and no other.

    Raises:
        NotFound: there is no such row.
        Rejected: a rule refuses the row as it would be.
    """

    def act(database: MySQLDatabase, config: Config) -> Row:
        before = _found(database, table, id_)
        different = {name: value for name, value in values.items() if before[name] != value}
        if different:
            _check(table, different, {**before, **different}, config)
            repository.update(database, table, id_, different)
        return _found(database, table, id_)

    return change(act, who)


def delete_assistant(id_: str, who: str, *, force: bool = False) -> None:
    """Delete an assistant with the links that give it tools. Its threads and messages stay.

    Args:
        force: also where others use it: links that name it go, and tools that ask it are switched
            off, in the same transaction.

    Raises:
        NotFound: there is no such assistant.
        Rejected: 409, naming what uses it.
    """

    def act(database: MySQLDatabase, config: Config) -> None:
        name = _found(database, ASSISTANT, id_)["name"]
        used_by = uses.users_of_assistant(database, config, id_)
        if not force and (told := uses.told(used_by)):
            raise in_use(
                f"Assistant {name!r} is in use by {told}; ?force=true deletes it all the same", used_by
            )
        for tool in used_by["tools"]:
            repository.delete_links(database, "tool_id", tool["id"])
            repository.update(database, TOOL, tool["id"], {"assistant_id": None, "is_active": False})
        repository.delete_links(database, "sub_assistant_id", id_)
        repository.delete_links(database, "assistant_id", id_)
        repository.delete(database, ASSISTANT, id_)

    change(act, who)


def delete_tool(id_: str, who: str, *, force: bool = False) -> None:
    """Delete a tool.

    Args:
        force: also where assistants use it: their links go in the same transaction.

    Raises:
        NotFound: there is no such tool.
        Rejected: 409, naming the assistants that use it.
    """

    def act(database: MySQLDatabase, config: Config) -> None:
        name = _found(database, TOOL, id_)["name"]
        used_by = uses.users_of_tool(config, id_)
        if not force and (told := uses.told(used_by)):
            raise in_use(f"Tool {name!r} is in use by {told}; ?force=true deletes it all the same", used_by)
        repository.delete_links(database, "tool_id", id_)
        repository.delete(database, TOOL, id_)

    change(act, who)


def link(assistant_id: str, tool_id: str, sub_assistant_id: str | None, who: str) -> None:
    """Give an assistant a tool.

    Args:
        sub_assistant_id: whom a `sub_assistant` tool asks over this link, in place of the tool's own
            `assistant_id`.

    Raises:
        NotFound: there is no such assistant or tool.
        Rejected: 400 where they are linked already; 422 where the sub-assistant may not be asked.
    """

    def act(database: MySQLDatabase, config: Config) -> None:
        _found(database, ASSISTANT, assistant_id)
        tool = _found(database, TOOL, tool_id)
        if sub_assistant_id is not None:
            rules.check_sub_assistant(sub_assistant_id, config, "sub_assistant_id")
        if tool["tool_type"] == rules.SUB_ASSISTANT and not sub_assistant_id:
            rules.check_sub_assistant(tool["assistant_id"], config, "assistant_id")
        there = repository.link_of(database, assistant_id, tool_id)
        if there is not None and there["is_active"]:
            raise bad("Tool is already linked to this assistant")
        values = {"sub_assistant_id": sub_assistant_id, "is_active": True}
        if there is None:
            ends = {"assistant_id": assistant_id, "tool_id": tool_id}
            repository.insert(database, "assistant_tool_link", str(uuid4()), {**values, **ends})
        else:
            repository.update(database, "assistant_tool_link", there["id"], values)

    change(act, who)


def unlink(assistant_id: str, tool_id: str, who: str) -> None:
    """Take a tool from an assistant.

    Raises:
        NotFound: it is not linked.
    """

    def act(database: MySQLDatabase, _: Config) -> None:
        there = repository.link_of(database, assistant_id, tool_id)
        if there is None or not there["is_active"]:
            raise NotFound("Tool is not linked to this assistant")
        repository.update(database, "assistant_tool_link", there["id"], {"is_active": False})

    change(act, who)


def used_by(table: str, id_: str) -> dict[str, Any]:
    """The users of an assistant or a tool.

    Raises:
        NotFound: there is no such row.
    """
    with mysql().connection() as database:
        _found(database, table, id_)
        config = repository.whole(database, 0)
        if table == TOOL:
            return uses.users_of_tool(config, id_)
        return uses.users_of_assistant(database, config, id_)


def _found(database: MySQLDatabase, table: str, id_: str) -> Row:
    row = repository.find(database, table, id_)
    if row is None:
        raise NotFound(NOT_FOUND[table])
    return row


def _check(table: str, different: Mapping[str, Any], row: Mapping[str, Any], config: Config) -> None:
    if table == ASSISTANT:
        rules.check_assistant(different)
    else:
        rules.check_tool(row, config)

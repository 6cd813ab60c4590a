"""One version of the configuration, whole: assistants, tools and links, as an immutable value."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any, Self

import orjson


@dataclass(frozen=True, slots=True)
class Assistant:
    """A row of `assistants`."""

    id: str
    name: str
    is_secretary: bool
    model: str
    instructions: str
    assistant_type: str
    openai_assistant_id: str | None
    is_active: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A row of `tools`.

    Args:
        input_schema: a JSON schema as a string.
        assistant_id: the assistant that a tool of type `sub_assistant` asks, where its link names none.
        settings: JSON as a string: what the kind of tool needs beside the schema, such as the URL of
            an http tool.
    """

    id: str
    name: str
    tool_type: str
    description: str
    input_schema: str
    assistant_id: str | None
    settings: str | None
    is_active: bool
    created_at: str

    def setting(self, name: str) -> Any:
        """One of the settings; None where it is not there."""
        return orjson.loads(self.settings).get(name) if self.settings else None


@dataclass(frozen=True, slots=True)
class Link:
    """A row of `assistant_tool_link`; `sub_assistant_id` goes before the tool's own `assistant_id`."""

    id: str
    assistant_id: str
    tool_id: str
    sub_assistant_id: str | None
    is_active: bool
    created_at: str


@dataclass(frozen=True)
class Config:
    """The configuration at one version.

    Args:
        version: 0 before the first change.
        assistants, tools: by id.
    """

    version: int
    assistants: Mapping[str, Assistant]
    tools: Mapping[str, Tool]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, version: int, snapshot: Mapping[str, Any]) -> Self:
        """The configuration that a snapshot holds; fields of a later release are passed over."""
        assistants = [_made(Assistant, row) for row in snapshot["assistants"]]
        tools = [_made(Tool, row) for row in snapshot["tools"]]
        links = tuple(_made(Link, row) for row in snapshot["links"])
        return cls(version, {row.id: row for row in assistants}, {row.id: row for row in tools}, links)

    @classmethod
    def parsed(cls, version: int, text: str | bytes) -> Self:
        """The same from the snapshot's JSON."""
        return cls.of(version, orjson.loads(text))

    def snapshot(self) -> dict[str, Any]:
        """The configuration as JSON values, each list in the order of ids."""
        groups: dict[str, Iterable[Any]] = {
            "assistants": self.assistants.values(),
            "tools": self.tools.values(),
            "links": self.links,
        }
        return {
            name: sorted([asdict(row) for row in rows], key=lambda row: str(row["id"]))
            for name, rows in groups.items()
        }

    @cached_property
    def text(self) -> str:
        """The snapshot's JSON in one spelling."""
        return orjson.dumps(self.snapshot(), option=orjson.OPT_SORT_KEYS).decode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text: equal exactly where nothing differs."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def tools_of(self, assistant_id: str) -> list[tuple[Tool, Link]]:
        """The active tools that active links give to an assistant, in the order of their linking."""
        links = [link for link in self.links if link.assistant_id == assistant_id and link.is_active]
        found = [(self.tools[link.tool_id], link) for link in links if link.tool_id in self.tools]
        return sorted(
            (pair for pair in found if pair[0].is_active), key=lambda pair: (pair[1].created_at, pair[1].id)
        )

    def sub_assistants_of(self, assistant_id: str) -> list[str]:
        """The assistants that one may ask directly, by the tools that its links give it."""
        subs = (
            target_of(tool, link)
            for tool, link in self.tools_of(assistant_id)
            if tool.tool_type == "sub_assistant"
        )
        return [sub for sub in subs if sub is not None]


def target_of(tool: Tool, link: Link | None) -> str | None:
    """The assistant that a `sub_assistant` tool asks over this link."""
    return (link.sub_assistant_id if link else None) or tool.assistant_id


def _made(kind: type[Any], row: Mapping[str, Any]) -> Any:
    return kind(**{field.name: row.get(field.name) for field in fields(kind)})

"""The registry as one file: out of one installation, into another."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from ai_worker.pipelines.assistants.registry import repository
from ai_worker.pipelines.assistants.registry.config import Assistant, Config, Link, Tool
from ai_worker.pipelines.assistants.registry.rejected import invalid
from ai_worker.pipelines.assistants.registry.versions import change, replace_with
from ai_worker.stores.mysql import MySQLDatabase, mysql

FORMAT = "ai-worker.assistants/1"
_KINDS: Mapping[str, type[Any]] = {"assistants": Assistant, "tools": Tool, "links": Link}
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "assistants": {
        "is_secretary": False,
        "assistant_type": "llm",
        "openai_assistant_id": None,
        "is_active": True,
    },
    "tools": {"assistant_id": None, "settings": None, "is_active": True, "description": ""},
    "links": {"sub_assistant_id": None, "is_active": True},
}
_FLAGS = frozenset({"is_secretary", "is_active"})
_EMPTY = frozenset({"openai_assistant_id", "assistant_id", "settings", "sub_assistant_id"})


def exported() -> dict[str, Any]:
    """All assistants, tools and links, to be written to a file."""
    with mysql().connection() as database, database.transaction():
        version, _ = repository.current(database)
        return {"format": FORMAT, "version": version, **repository.whole(database, version).snapshot()}


def imported(document: Mapping[str, Any], who: str, *, replace: bool = False) -> int:
    """Take over a file: rows of the same id are changed, others added.

    Args:
        replace: whether what the file does not name is deleted.

    Returns:
        The version in force afterwards.

    Raises:
        Rejected: the file does not fit; nothing is changed.
    """
    wanted = _read(document)
    change(
        lambda database, _: replace_with(database, _merged(database, wanted), remove_others=replace),
        who,
        "import",
    )
    with mysql().connection() as database:
        return repository.current(database)[0]


def _read(document: Mapping[str, Any]) -> Config:
    if document.get("format") != FORMAT:
        raise invalid(f"format: must be {FORMAT!r}", path="format")
    return Config.of(
        0,
        {
            group: [_row(group, place, row) for place, row in enumerate(_rows(document, group))]
            for group in _KINDS
        },
    )


def _rows(document: Mapping[str, Any], group: str) -> list[Any]:
    rows = document.get(group, [])
    if not isinstance(rows, list):
        raise invalid(f"{group}: must be a list", path=group)
    return rows


def _row(group: str, place: int, row: object) -> dict[str, Any]:
    """A row of the file with nothing left out and every value of its kind."""
    where = f"{group}[{place}]"
    if not isinstance(row, dict):
        raise invalid(f"{where}: must be an object", path=where)
    now = datetime.now(UTC).isoformat()
    full = {**_DEFAULTS[group], "created_at": now, **cast(dict[str, Any], row)}
    for name in [field.name for field in fields(_KINDS[group])]:
        value = full.get(name)
        fits = (
            isinstance(value, bool)
            if name in _FLAGS
            else isinstance(value, str) or (value is None and name in _EMPTY)
        )
        if not fits or (isinstance(value, str) and name == "name" and not 0 < len(value) <= 255):
            raise invalid(f"{where}.{name}: is missing or of the wrong kind", path=f"{where}.{name}")
        if value is not None and (
            name == "id"
            or (name.endswith("assistant_id") and name != "openai_assistant_id")
            or name == "tool_id"
        ):
            full[name] = _uuid(value, f"{where}.{name}")
    try:
        datetime.fromisoformat(full["created_at"])
    except ValueError:
        raise invalid(f"{where}.created_at: is no ISO 8601 time", path=f"{where}.created_at") from None
    return full


def _uuid(value: str, where: str) -> str:
    """The id, or one made of it where the file gives names such as `secretary`: the same name is the same
    id.
    """
    try:
        return str(UUID(value))
    except ValueError:
        if not value or len(value) > 255:
            raise invalid(f"{where}: must be an id or a name", path=where) from None
        return str(uuid5(NAMESPACE_URL, f"ai-worker:assistants:{value}"))


def _merged(database: MySQLDatabase, wanted: Config) -> Config:
    """A link of a pair that is there under another id keeps that id: the pair is unique."""
    there = {(link.assistant_id, link.tool_id): link.id for link in repository.whole(database, 0).links}
    rows = wanted.snapshot()
    for link in rows["links"]:
        link["id"] = there.get((link["assistant_id"], link["tool_id"]), link["id"])
    return Config.of(0, rows)

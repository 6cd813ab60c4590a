"""The difference between two versions of the configuration."""

import difflib
from collections.abc import Mapping
from typing import Any

from ai_worker.pipelines.assistants.registry.config import Config

KINDS = {"assistants": "assistant", "tools": "tool", "links": "link"}
_TEXTS = frozenset({"instructions", "description", "input_schema"})


def changes(before: Config, after: Config) -> list[dict[str, Any]]:
    """Each object that differs: its kind, id, name, action (`created`, `changed`, `deleted`) and the
    fields that differ.
    """
    return [
        {**{name: found[name] for name in ("kind", "id", "name", "action")}, "fields": list(found["fields"])}
        for found in difference(before, after)
    ]


def difference(before: Config, after: Config) -> list[dict[str, Any]]:
    """The same with both values of every field, and a unified diff for texts of several lines."""
    old, new = before.snapshot(), after.snapshot()
    found = []
    for group, kind in KINDS.items():
        olds, news = ({row["id"]: row for row in side[group]} for side in (old, new))
        for id_ in sorted({*olds, *news}):
            if olds.get(id_) != news.get(id_):
                found.append(_one(kind, id_, olds.get(id_), news.get(id_), (before, after)))
    return found


def touched(found: list[dict[str, Any]], both: tuple[Config, Config]) -> set[str]:
    """The ids of assistants and tools that a list of changes concerns; a link concerns both of its ends."""
    ids = {change["id"] for change in found if change["kind"] != "link"}
    links = {link.id: link for config in both for link in config.links}
    for change in found:
        if change["kind"] == "link":
            ids |= {links[change["id"]].assistant_id, links[change["id"]].tool_id}
    return ids


def _one(
    kind: str,
    id_: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    both: tuple[Config, Config],
) -> dict[str, Any]:
    action = "created" if old is None else "deleted" if new is None else "changed"
    old_row, new_row = old or {}, new or {}
    names = [
        name for name in {**old_row, **new_row} if name != "id" and old_row.get(name) != new_row.get(name)
    ]
    fields = {name: _field(name, old_row.get(name), new_row.get(name)) for name in names}
    return {
        "kind": kind,
        "id": id_,
        "name": _name(kind, new_row or old_row, both),
        "action": action,
        "fields": fields,
    }


def _field(name: str, old: Any, new: Any) -> dict[str, Any]:
    both = {"before": old, "after": new}
    if name in _TEXTS and isinstance(old, str) and isinstance(new, str):
        both["diff"] = "\n".join(
            difflib.unified_diff(old.splitlines(), new.splitlines(), "before", "after", lineterm="")
        )
    return both


def _name(kind: str, row: Mapping[str, Any], both: tuple[Config, Config]) -> str:
    if kind != "link":
        return str(row["name"])
    assistants = {**both[0].assistants, **both[1].assistants}
    tools = {**both[0].tools, **both[1].tools}
    ends = (assistants.get(row["assistant_id"]), tools.get(row["tool_id"]))
    return " - ".join(end.name if end else "?" for end in ends)

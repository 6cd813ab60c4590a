"""Optional fields under strict mode, which wants every field and so gets null for one left out."""

from collections.abc import Mapping
from typing import Any

_DEPTH = 32


def without_nulls(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value without the optional fields that are null although their schema does not take null."""
    return _bare(value, schema, schema, _DEPTH)


def _bare(value: Any, node: Any, root: Mapping[str, Any], depth: int) -> Any:
    node = _resolved(node, root)
    if depth == 0 or not node:
        return value
    if isinstance(value, list):
        return [_bare(item, node.get("items"), root, depth - 1) for item in value]
    if not isinstance(value, dict):
        return value
    properties, required = node.get("properties") or {}, node.get("required") or ()
    kept = {}
    for name, item in value.items():
        child = properties.get(name)
        if (
            item is None
            and child is not None
            and name not in required
            and not _takes_null(child, root, depth)
        ):
            continue
        kept[name] = _bare(item, child, root, depth - 1)
    return kept


def _resolved(node: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    for _ in range(_DEPTH):
        if not isinstance(node, Mapping):
            return {}
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        if reference == "#":
            return root
        group, name = reference.split("/")[-2:] if reference.count("/") >= 2 else ("", "")
        node = (root.get(group) or {}).get(name)
    return {}


def _takes_null(node: Any, root: Mapping[str, Any], depth: int) -> bool:
    node = _resolved(node, root)
    if not node or depth == 0:
        return True
    if "enum" in node or "const" in node:
        return None in node.get("enum", [node.get("const")])
    for name in ("anyOf", "oneOf"):
        if isinstance(node.get(name), list):
            return any(_takes_null(choice, root, depth - 1) for choice in node[name])
    kind = node.get("type")
    return kind is None or kind == "null" or (isinstance(kind, list) and "null" in kind)

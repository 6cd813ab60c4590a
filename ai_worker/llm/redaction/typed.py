"""Numbers that were hidden, put back as numbers: a field that must hold one cannot hold its placeholder."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_NUMERIC = frozenset({"integer", "number"})
_SEPARATORS = re.compile(r"[\s\u00a0\u202f./()+-]")
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")


def is_number(value: str) -> bool:
    """Return whether a hidden value can stand in a numeric field: digits, with the signs that group them."""
    return _SEPARATORS.sub("", value).isdecimal()


def loosened(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON schema with a string allowed wherever it wants a number, so that a model can answer with a
    placeholder."""
    changed: dict[str, Any] = _walked(schema)
    return changed


def _walked(node: Any) -> Any:
    if isinstance(node, Mapping):
        copy = {key: _walked(value) for key, value in node.items()}
        kinds = _types(node)
        if (
            _NUMERIC.intersection(kinds)
            and "string" not in kinds
            and "enum" not in node
            and "const" not in node
        ):
            copy["type"] = [*kinds, "string"]
        return copy
    if isinstance(node, list | tuple):
        return [_walked(item) for item in node]
    return node


def numbers_back(data: Any, schema: Mapping[str, Any]) -> Any:
    """The restored answer with text turned into a number where the schema wants nothing else."""
    return _typed(data, schema, schema.get("$defs") or schema.get("definitions") or {})


def _typed(data: Any, schema: Any, definitions: Mapping[str, Any]) -> Any:
    nodes = list(_nodes(schema, definitions))
    if isinstance(data, Mapping):
        return {
            key: _typed(value, {"anyOf": _of_property(nodes, key)}, definitions)
            for key, value in data.items()
        }
    if isinstance(data, list):
        items = [node["items"] for node in nodes if isinstance(node.get("items"), Mapping)]
        return [_typed(value, {"anyOf": items}, definitions) for value in data]
    if isinstance(data, str) and is_number(data):
        kinds = {kind for node in nodes for kind in _types(node)}
        if kinds & _NUMERIC and "string" not in kinds:
            return int(_SEPARATORS.sub("", data))
    return data


def _of_property(nodes: Sequence[Mapping[str, Any]], key: str) -> list[Any]:
    found = []
    for node in nodes:
        properties, others = node.get("properties") or {}, node.get("additionalProperties")
        if key in properties:
            found.append(properties[key])
        elif isinstance(others, Mapping):
            found.append(others)
    return found


def _nodes(schema: Any, definitions: Mapping[str, Any], depth: int = 0) -> list[Mapping[str, Any]]:
    """The schema and its alternatives, references followed."""
    if not isinstance(schema, Mapping) or depth > 20:
        return []
    found = [schema]
    reference = schema.get("$ref")
    if isinstance(reference, str):
        found += _nodes(definitions.get(reference.rpartition("/")[2]), definitions, depth + 1)
    for name in _ALTERNATIVES:
        for alternative in schema.get(name) or ():
            found += _nodes(alternative, definitions, depth + 1)
    return found


def _types(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("type")
    return [kinds] if isinstance(kinds, str) else list(kinds) if isinstance(kinds, list) else []

"""Gemini's two dialects of schema.

`responseSchema` is the older OpenAPI subset that every model knows: upper-case types, `nullable`, no
references. What it cannot express (recursion, free-form objects, tuples, anything-goes fields) goes as
`responseJsonSchema`, a part of JSON schema with references.
https://ai.google.dev/gemini-api/docs/structured-output
"""

import json
from typing import Any

from ai_worker.llm.structured.schemas import Schema, children, is_recursive, without

_OPENAPI = ("description", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern")
_JSON_SCHEMA_DROPPED = frozenset(
    {"exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"}
)
_COUNTED = ("minItems", "maxItems", "minLength", "maxLength")
MOST_COUNTED = 64
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


def gemini_schema(schema: Schema) -> tuple[str, Schema]:
    """The name of the `generationConfig` field, and the plain schema for it."""
    definitions = schema.get("$defs", {})
    if is_recursive(definitions) or not all(map(_expressible, [schema, *definitions.values()])):
        return "responseJsonSchema", without(schema, lambda name, _: name in _JSON_SCHEMA_DROPPED)
    return "responseSchema", _openapi(schema, definitions)


def _expressible(node: Schema) -> bool:
    free_form = node.get("type") == "object" and (
        not node.get("properties") or isinstance(node.get("additionalProperties"), dict)
    )
    known = any(name in node for name in ("type", "anyOf", "$ref", "enum"))
    return known and not free_form and "prefixItems" not in node and all(map(_expressible, children(node)))


def _openapi(node: Schema, definitions: dict[str, Schema]) -> Schema:
    while "$ref" in node:
        target = definitions[node["$ref"].rpartition("/")[2]]
        node = {**target, **{name: value for name, value in node.items() if name != "$ref"}}
    types = _types(node)
    kinds = [name for name in types if name != "null"]
    fitted: dict[str, Any] = {name: node[name] for name in _OPENAPI if name in node}
    for name in _COUNTED:
        if fitted.get(name, 0) > MOST_COUNTED:
            # "Too many states for serving"; the answer is held to the bound all the same.
            del fitted[name]
    if "anyOf" in node:
        fitted |= _union(node["anyOf"], definitions)
    elif len(kinds) > 1:
        fitted |= _union([{**node, "type": kind} for kind in kinds], definitions)
    else:
        fitted |= {"type": (kinds or ["string"])[0].upper()}
        fitted |= _contents(node, definitions)
    if "null" in types:
        fitted["nullable"] = True
    return fitted


def _contents(node: Schema, definitions: dict[str, Schema]) -> Schema:
    """The keywords of one type alone: the choices, the items, the fields."""
    found: Schema = {}
    if "enum" in node:
        choices = [choice for choice in node["enum"] if choice is not None]
        if all(isinstance(choice, str) for choice in choices):
            found["enum"] = choices
        else:
            # Only strings may be enumerated; the choices go where the model still reads them.
            found["description"] = _described(node, "One of: " + ", ".join(map(json.dumps, choices)))
    if node.get("format") == "date-time":
        found["format"] = "date-time"
    elif "format" in node:
        found["description"] = _described(node, f"Format: {node['format']}")
    if node.get("type") == "integer":
        found |= _inclusive(node)
    if "items" in node or node.get("type") == "array":
        # Arrays without items are refused; free ones hold texts.
        found["items"] = _openapi(node.get("items") or {"type": "string"}, definitions)
    if "properties" in node:
        found["properties"] = {
            name: _openapi(child, definitions) for name, child in node["properties"].items()
        }
        found["required"] = [name for name in node.get("required", []) if name in node["properties"]]
        found["propertyOrdering"] = list(node["properties"])
    return {name: value for name, value in found.items() if value != []}


def _described(node: Schema, remark: str) -> str:
    return f"{node['description']} {remark}" if "description" in node else remark


def _inclusive(node: Schema) -> Schema:
    """The bounds that the dialect has no words for, in those that it has."""
    moved = {("minimum", "exclusiveMinimum"): 1, ("maximum", "exclusiveMaximum"): -1}
    return {
        inclusive: node[exclusive] + step
        for (inclusive, exclusive), step in moved.items()
        if exclusive in node
    }


def _union(choices: list[Schema], definitions: dict[str, Schema]) -> Schema:
    kept = [choice for choice in choices if choice.get("type") != "null"]
    nullable = {"nullable": True} if len(kept) < len(choices) else {}
    fitted = [_openapi(choice, definitions) for choice in kept]
    return {**(fitted[0] if len(fitted) == 1 else {"anyOf": fitted}), **nullable}


def _types(node: Schema) -> list[str]:
    stated = node.get("type")
    if isinstance(stated, list):
        return stated
    if isinstance(stated, str):
        return [stated, "null"] if None in node.get("enum", []) else [stated]
    named = {"properties": "object", "items": "array"}
    found = [kind for name, kind in named.items() if name in node]
    choices = {
        "null" if choice is None else _TYPES.get(type(choice), "string") for choice in node.get("enum", [])
    }
    return found or sorted(choices)

"""The schema of a structured answer in one plain form, from which each provider's dialect is made.

Plain means: `$defs` alone, `anyOf` alone for every kind of union, `enum` for `const`, `allOf` merged, an
object at the root, and no keyword that neither provider knows. What is dropped here is still checked, since
answers are validated against the original.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Request

Schema = dict[str, Any]
Fitted = TypeVar("Fitted")

_STRUCTURE = {
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "enum",
    "anyOf",
    "$ref",
    "$defs",
    "additionalProperties",
}
_ROOT = "ai_worker_root"
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_BOUNDS = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
}
_KEPT = _STRUCTURE | _BOUNDS | {"title", "description", "format", "pattern"}


def original_schema(request: Request) -> Mapping[str, Any] | None:
    """The JSON schema that answers are validated against; None where plain text is wanted."""
    return request.json_schema if request.schema is None else _of_class(request.schema)


def in_dialect(request: Request, dialect: Callable[[Schema], Fitted]) -> Fitted | None:
    """The request's schema as a provider wants it; None where plain text is wanted.

    Raises:
        BadRequest: the schema has no object at its root, or a `$ref` that leads nowhere.
    """
    if request.schema is not None:
        fitted: Fitted = _fitted_class(request.schema, dialect)
        return fitted
    return None if request.json_schema is None else dialect(plain(request.json_schema))


def schema_note(request: Request) -> str:
    """The instruction for models that are not held to a schema by their provider; empty where plain text is
    wanted.
    """
    schema = original_schema(request)
    return (
        ""
        if schema is None
        else f"Answer with nothing but one JSON object of this "
        f"schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )


def plain(schema: Mapping[str, Any]) -> Schema:
    """The schema in the plain form; see the module."""
    root = _plain(_with_named_root(schema))
    definitions = root.pop("$defs", {})
    if "$ref" in root:
        root = {
            **definitions.get(_name_of(root["$ref"]), {}),
            **{name: value for name, value in root.items() if name != "$ref"},
        }
    for node in [root, *definitions.values()]:
        _check(node)
    if root.get("type") != "object" and "properties" not in root:
        raise BadRequest("the schema of a structured answer needs an object at its root")
    root["type"] = "object"
    unknown = {name for node in [root, *definitions.values()] for name in references(node)} - set(definitions)
    if unknown:
        raise BadRequest(f"the schema refers to {sorted(unknown)}, which are not among its $defs")
    return {**root, "$defs": definitions} if definitions else root


def _with_named_root(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema that refers to itself by `"$ref": "#"`, with a name for itself among its definitions."""
    if not _mentions_root(schema):
        return schema
    named = cast(Schema, _renamed(schema))
    own = {name: value for name, value in named.items() if name not in ("$defs", "definitions")}
    return {**named, "$defs": {**named.get("$defs", {}), _ROOT: own}}


def _mentions_root(node: object) -> bool:
    if isinstance(node, Mapping):
        return node.get("$ref") == "#" or any(map(_mentions_root, node.values()))
    return isinstance(node, list) and any(map(_mentions_root, node))


def _renamed(node: object) -> object:
    if isinstance(node, Mapping):
        return {
            name: f"#/$defs/{_ROOT}" if name == "$ref" and value == "#" else _renamed(value)
            for name, value in node.items()
        }
    return [_renamed(item) for item in node] if isinstance(node, list) else node


def _check(node: Schema) -> None:
    """Refuse at the start what every provider refuses: a choice among nothing."""
    if node.get("enum") == [] or node.get("anyOf") == []:
        raise BadRequest("the schema has a field with a choice among nothing: an empty enum or anyOf")
    for child in children(node):
        _check(child)


def children(node: Schema) -> list[Schema]:
    """The schemas directly within a plain one, `$defs` excepted."""
    found = [*node.get("properties", {}).values(), *node.get("anyOf", []), *node.get("prefixItems", [])]
    found += [node[name] for name in ("items", "additionalProperties") if isinstance(node.get(name), dict)]
    return found


def is_recursive(definitions: Mapping[str, Schema]) -> bool:
    """Return whether some definition leads back to itself."""
    leads = {name: references(node) for name, node in definitions.items()}
    for _ in leads:
        leads = {name: found.union(*(leads[further] for further in found)) for name, found in leads.items()}
    return any(name in found for name, found in leads.items())


def without(node: Schema, dropped: Callable[[str, Any], bool]) -> Schema:
    """A plain schema without the keywords that a dialect does not know, at every depth.

    Args:
        dropped: by a keyword and its value.
    """
    fitted: Schema = {name: value for name, value in node.items() if not dropped(name, value)}
    for name in ("properties", "$defs"):
        if name in node:
            fitted[name] = {key: without(child, dropped) for key, child in node[name].items()}
    for name in ("anyOf", "prefixItems"):
        if name in node:
            fitted[name] = [without(child, dropped) for child in node[name]]
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), dict):
            fitted[name] = without(node[name], dropped)
    return fitted


def references(node: Schema) -> set[str]:
    """The names of the definitions that a plain schema refers to."""
    own = {_name_of(node["$ref"])} if "$ref" in node else set()
    return own.union(*(references(child) for child in children(node)))


def _name_of(reference: str) -> str:
    prefix, _, name = reference.rpartition("/")
    if prefix not in ("#/$defs", "#/definitions"):
        raise BadRequest(f"the schema's reference {reference[:80]!r} is not one to its own $defs")
    return name


def _plain(node: object) -> Schema:
    if not isinstance(node, Mapping):
        return {}
    merged = _merged(node)
    kept: Schema = {name: value for name, value in merged.items() if name in _KEPT}
    if isinstance(kept.get("$ref"), str):
        kept["$ref"] = "#/$defs/" + _name_of(kept["$ref"])
    if "const" in merged:
        kept["enum"] = [merged["const"]]
    if isinstance(merged.get("oneOf"), list):
        kept["anyOf"] = [*kept.get("anyOf", []), *merged["oneOf"]]
    for name in ("anyOf", "prefixItems"):
        if name in kept:
            kept[name] = [_plain(child) for child in kept[name]]
    if "items" in kept:
        kept["items"] = _plain(kept["items"])
    if isinstance(kept.get("additionalProperties"), Mapping):
        kept["additionalProperties"] = _plain(kept["additionalProperties"])
    if "properties" in kept:
        kept["properties"] = {name: _plain(child) for name, child in kept["properties"].items()}
    definitions = {**merged.get("definitions", {}), **merged.get("$defs", {})}
    if definitions:
        kept["$defs"] = {name: _plain(child) for name, child in definitions.items()}
    return kept | _explicit(kept)


def _explicit(node: Schema) -> Schema:
    """Keywords that providers want to see and JSON schema does not: the items of an array, which are texts
    where the schema names none, and the type of choices.
    """
    stated = node.get("type")
    if stated is None and node.get("enum") and "anyOf" not in node:
        kinds = sorted({_KINDS.get(type(choice), "") for choice in node["enum"]})
        return {} if "" in kinds else {"type": kinds[0] if len(kinds) == 1 else kinds}
    is_array = stated == "array" or (isinstance(stated, list) and "array" in stated)
    return {"items": {"type": "string"}} if is_array and not {"items", "prefixItems"} & set(node) else {}


def _merged(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with its `allOf` parts laid over one another."""
    if not isinstance(node.get("allOf"), list):
        return node
    merged: Schema = {}
    for part in [
        *map(_merged, node["allOf"]),
        {name: value for name, value in node.items() if name != "allOf"},
    ]:
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged.update(part)
        merged.update(
            {name: value for name, value in (("properties", properties), ("required", required)) if value}
        )
    return merged


@lru_cache(maxsize=256)
def _of_class(schema: type[BaseModel]) -> Mapping[str, Any]:
    return schema.model_json_schema()


@lru_cache(maxsize=256)
def _fitted_class(schema: type[BaseModel], dialect: Callable[[Schema], Any]) -> Any:
    return dialect(plain(_of_class(schema)))

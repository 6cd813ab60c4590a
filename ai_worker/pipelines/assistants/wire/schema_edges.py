"""A tool's schema as each provider takes it. What a provider has no word for goes into a description, where
the model reads it.

Arguments are checked against the stored schema in any case, so nothing that is moved here is lost.
"""

import json
from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_ROOT_ONLY_OBJECT = ("oneOf", "anyOf", "allOf", "not", "enum", "if", "then", "else")
"""OpenAI: `schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top
level`.
"""
_META = frozenset({"$schema", "$id", "$comment", "examples", "readOnly", "writeOnly", "deprecated"})
_GEMINI = frozenset(
    {
        "$ref",
        "$defs",
        "type",
        "format",
        "title",
        "description",
        "enum",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "anyOf",
        "properties",
        "additionalProperties",
        "required",
    }
)
"""Of `parametersJsonSchema`; https://ai.google.dev/api/caching#FunctionDeclaration and its notes on JSON
schema.
"""


def for_openai(schema: Mapping[str, Any]) -> tuple[Schema, str]:
    """The parameters for OpenAI's two forms, and what the description must say beside them."""
    kept = {
        name: value for name, value in schema.items() if name not in _META and name not in _ROOT_ONLY_OBJECT
    }
    kept.setdefault("properties", {})
    return kept, _remark({name: schema[name] for name in _ROOT_ONLY_OBJECT if name in schema})


def for_gemini(schema: Mapping[str, Any]) -> tuple[Schema, str]:
    """The `parametersJsonSchema` for Gemini, and what the description must say beside it."""
    moved = {name: schema[name] for name in _ROOT_ONLY_OBJECT if name in schema}
    root = {name: value for name, value in schema.items() if name not in moved}
    return _gemini(root), _remark(moved)


def _gemini(node: Mapping[str, Any]) -> Schema:
    words = dict(node)
    if "const" in words:
        words["enum"] = [words.pop("const")]
    if "oneOf" in words:
        words["anyOf"] = [*words.get("anyOf", []), *words.pop("oneOf")]
    if "definitions" in words:
        words["$defs"] = {**words.pop("definitions"), **words.get("$defs", {})}
    if isinstance(words.get("$ref"), str):
        words["$ref"] = words["$ref"].replace("#/definitions/", "#/$defs/")
    kept = {name: value for name, value in words.items() if name in _GEMINI}
    for name in ("properties", "$defs"):
        if name in kept:
            kept[name] = {key: _below(child) for key, child in kept[name].items()}
    for name in ("anyOf", "prefixItems"):
        if name in kept:
            kept[name] = [_below(child) for child in kept[name]]
    for name in ("items", "additionalProperties"):
        if isinstance(kept.get(name), Mapping):
            kept[name] = _below(kept[name])
    moved = {name: value for name, value in words.items() if name not in _GEMINI and name not in _META}
    if moved:
        kept["description"] = f"{kept.get('description', '')} {_remark(moved)}".strip()
    return kept


def _below(node: Any) -> Any:
    # `true` takes anything, for which an empty schema stands.
    return _gemini(node) if isinstance(node, Mapping) else {} if node is True else {"enum": []}


def _remark(moved: Mapping[str, Any]) -> str:
    return (
        f"The arguments must also fit this JSON schema: {json.dumps(moved, ensure_ascii=False)}"
        if moved
        else ""
    )

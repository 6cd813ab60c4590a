"""OpenAI's strict dialect of JSON schema: every object closed and every property required.

https://platform.openai.com/docs/guides/structured-outputs names what strict mode takes. A schema that it
cannot express (free-form objects, tuples, anything-goes fields) is sent without `strict`, as a strong hint;
the answer is validated either way.
"""

from typing import Any

from ai_worker.llm.structured.schemas import Schema, children

_DROPPED = frozenset({"minLength", "maxLength", "title"})
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})


def openai_schema(schema: Schema) -> tuple[Schema, bool]:
    """The plain schema for `response_format`, and whether it may be `strict`."""
    if not all(map(_expressible, [schema, *schema.get("$defs", {}).values()])):
        return schema, False
    fitted = _strict(schema)
    if "$defs" in schema:
        fitted["$defs"] = {name: _strict(node) for name, node in schema["$defs"].items()}
    return fitted, True


def _expressible(node: Schema) -> bool:
    free_form = node.get("type") == "object" and (
        not node.get("properties") or node.get("additionalProperties") not in (None, False)
    )
    known = any(name in node for name in ("type", "anyOf", "$ref", "enum"))
    return known and not free_form and "prefixItems" not in node and all(map(_expressible, children(node)))


def _nullable(node: Schema) -> Schema:
    """An optional field: it must be there, so it may be null; `optional_fields.py` takes that out again."""
    if "anyOf" in node:
        takes = any(choice.get("type") == "null" for choice in node["anyOf"])
        return node if takes else {**node, "anyOf": [*node["anyOf"], {"type": "null"}]}
    kind = node.get("type")
    if isinstance(kind, str) and "enum" not in node:
        return node if kind == "null" else {**node, "type": [kind, "null"]}
    if isinstance(kind, list) and "null" in kind:
        return node
    described = {"description": node["description"]} if "description" in node else {}
    bare = {name: value for name, value in node.items() if name != "description"}
    return {"anyOf": [bare, {"type": "null"}], **described}


def _strict(node: Schema) -> Schema:
    if "$ref" in node:
        reference = {"$ref": node["$ref"]}
        # Nothing may stand beside a $ref.
        return (
            {"anyOf": [reference], "description": node["description"]} if "description" in node else reference
        )
    fitted: dict[str, Any] = {
        name: value for name, value in node.items() if name not in _DROPPED and name != "$defs"
    }
    if fitted.get("format") not in _FORMATS:
        fitted.pop("format", None)
    if "anyOf" in node:
        fitted["anyOf"] = [_strict(child) for child in node["anyOf"]]
    if "items" in node:
        fitted["items"] = _strict(node["items"])
    if "properties" in node:
        optional = set(node["properties"]) - set(node.get("required", ()))
        fitted["properties"] = {
            name: _nullable(_strict(child)) if name in optional else _strict(child)
            for name, child in node["properties"].items()
        }
        fitted["required"] = list(node["properties"])
        fitted["additionalProperties"] = False
    return fitted

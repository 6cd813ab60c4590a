"""The check of a tool's `input_schema`: what a provider would refuse is refused here, with the place
and its name.

One invalid schema makes a provider answer 400 for all tools of the turn, so it must not get as far.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import regex
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for

from ai_worker.pipelines.assistants.registry.rejected import Rejected, invalid

LONGEST = 64_000
DEEPEST = 24
"""Levels of nesting; OpenAI documents 10 for strict schemas and takes more otherwise, Gemini refuses at about
32.
"""
ALL = ("gemini", "openai")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_SCHEMAS_WITHIN = frozenset({"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"})


def checked_schema(text: str) -> dict[str, Any]:
    """The schema in a string.

    Raises:
        Rejected: 422, with the JSON path of the fault and the providers that would refuse it.
    """
    schema = _parsed(text)
    if not isinstance(schema, dict):
        raise _refused("$", f"must be an object, not {_kind(schema)}")
    if (depth := _depth(schema)) > DEEPEST:
        raise _refused("$", f"nested {depth} levels deep; at most {DEEPEST} are taken")
    if schema.get("type") != "object":
        raise _refused("$.type", 'must be "object": the arguments of a tool are an object')
    _check_references(schema)
    validator = validator_for(schema, default=Draft202012Validator)
    if (fault := best_match(validator(validator.META_SCHEMA).iter_errors(schema))) is not None:
        raise _refused(fault.json_path, fault.message[:200])
    for path, node in _nodes(schema):
        _check_node(path, node)
    return schema


def _parsed(text: str) -> Any:
    if len(text) > LONGEST:
        raise _refused("$", f"{len(text)} characters; at most {LONGEST} are taken")
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise _refused("$", f"nested hundreds of levels deep; at most {DEEPEST} are taken") from None
    except ValueError as fault:
        raise _refused("$", f"is not JSON: {str(fault)[:200]}") from None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _check_references(schema: dict[str, Any]) -> None:
    for path, node in _everything(schema):
        for word in ("$ref", "$dynamicRef"):
            if not isinstance(reference := node.get(word), str):
                continue
            if not reference.startswith("#"):
                raise _refused(
                    f"{path}.{word}",
                    "points to another document; only references within the schema are taken",
                )
            if not _leads_somewhere(schema, reference):
                raise _refused(f"{path}.{word}", f"{reference[:80]!r} leads nowhere in the schema")
            # A reference back to a place above it is a schema without end, which no provider unfolds.
            if _place(reference) == path or path.startswith(_place(reference) + "."):
                raise _refused(
                    f"{path}.{word}", "refers to a schema that holds it: without bound", ("gemini",)
                )


def _check_node(path: str, node: dict[str, Any]) -> None:
    properties, required = node.get("properties"), node.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        for place, name in enumerate(required):
            if name not in properties and path == "$":
                raise _refused(f"{path}.required[{place}]", f"names {str(name)[:60]!r}, which is no property")
    for name in properties if isinstance(properties, dict) else ():
        if not _PARAMETER.fullmatch(name):
            raise _refused(
                f"{path}.properties",
                f"the name {name[:60]!r} must be Latin letters, digits, _ . -",
                ("gemini",),
            )
    patterns = node.get("patternProperties")
    for pattern in (node.get("pattern"), *(patterns if isinstance(patterns, dict) else ())):
        if isinstance(pattern, str) and (reason := _no_pattern(pattern)) is not None:
            raise _refused(f"{path}.pattern", f"{pattern[:60]!r} is no regular expression: {reason}")
    if node.get("type") == "array" and "items" not in node and "prefixItems" not in node:
        raise _refused(f"{path}.items", "an array needs its items described")


def _no_pattern(text: str) -> str | None:
    try:
        regex.compile(text)
    except regex.error as fault:
        return str(fault)[:120]
    return None


def _nodes(schema: dict[str, Any], path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema within a schema, with its path: not the values of `enum`, `default` or `examples`."""
    yield path, schema
    for word, value in schema.items():
        if word in _SCHEMAS_WITHIN and isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, dict):
                    yield from _nodes(child, f"{path}.{word}.{name}")
        elif word in {"items", "not", "additionalProperties", "if", "then", "else"} and isinstance(
            value, dict
        ):
            yield from _nodes(value, f"{path}.{word}")
        elif word in {"anyOf", "oneOf", "allOf", "prefixItems"} and isinstance(value, list):
            for place, child in enumerate(value):
                if isinstance(child, dict):
                    yield from _nodes(child, f"{path}.{word}[{place}]")


def _everything(value: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for name, child in value.items():
            yield from _everything(child, f"{path}.{name}")
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _everything(child, f"{path}[{place}]")


def _leads_somewhere(schema: dict[str, Any], reference: str) -> bool:
    node: Any = schema
    for part in filter(None, reference[1:].split("/")):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or name not in node:
            return False
        node = node[name]
    return isinstance(node, dict)


def _place(reference: str) -> str:
    return "$" + "".join(f".{part}" for part in reference[1:].split("/") if part)


def _depth(value: Any) -> int:
    """Levels of nesting, without recursion: the value may be hostile."""
    deepest = 0
    rest = [(value, 1)]
    while rest:
        node, level = rest.pop()
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        deepest = max(deepest, level)
        rest += [(child, level + 1) for child in children if isinstance(child, dict | list)]
    return deepest


def _kind(value: Any) -> str:
    return {list: "a list", str: "a string", bool: "a truth value", type(None): "null"}.get(
        type(value), "a number"
    )


def _refused(path: str, reason: str, providers: tuple[str, ...] = ALL) -> Rejected:
    return invalid(f"input_schema: {path} {reason}", path=path, refused_by=list(providers))

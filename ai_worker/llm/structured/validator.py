"""The check of a value by a row's JSON schema.

The patterns of a schema come from strangers and meet answers of models, so they are read before a call is
paid for, and run under a time limit (`user_regexp`), where jsonschema would run them by `re` without one.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from ai_worker.errors import BadRequest
from ai_worker.llm.structured.schemas import plain
from ai_worker.llm.user_regexp import group_names, search

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_VALUES = frozenset({"enum", "const", "default", "examples"})
"""Keywords whose values are no schemas."""


@lru_cache(maxsize=64)
def validator(schema: str) -> "Validator":
    """The validator of a schema, given as JSON.

    Raises:
        BadRequest: it is no JSON schema, refers to what is not in it, or holds a pattern that cannot be read.
    """
    from jsonschema import SchemaError  # noqa: PLC0415 - five megabytes that few rows need
    from referencing import Registry  # noqa: PLC0415

    parsed, kind = _without_dialect(json.loads(schema)), _timed()
    try:
        kind.check_schema(parsed)
    except SchemaError as invalid:
        raise BadRequest(
            f"the row's JSON schema is not one: {invalid.json_path} {invalid.message[:200]}"
        ) from None
    plain(parsed)
    for pattern in _patterns(parsed):
        group_names(pattern)
    # The registry is empty: the default one fetches the addresses that a row's schema refers to.
    return kind(parsed, registry=Registry())


@cache
def _timed() -> "type[Validator]":
    """jsonschema's validator, with every keyword that runs patterns under the time limit."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.validators import extend  # noqa: PLC0415

    rules = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    timed: type[Validator] = extend(Draft202012Validator, rules)  # type: ignore[no-untyped-call]
    return timed


def _pattern(check: "Validator", pattern: str, value: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if check.is_type(value, "string") and search(pattern, value) is None:
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(check: Any, wanted: Mapping[str, Any], value: Any, _: Any) -> Iterator[Any]:
    if check.is_type(value, "object"):
        for pattern, child in wanted.items():
            for name, item in value.items():
                if search(pattern, name) is not None:
                    yield from check.descend(item, child, path=name, schema_path=pattern)


def _additional_properties(check: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    if not check.is_type(value, "object"):
        return
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    others = [
        name
        for name in value
        if name not in named and all(search(pattern, name) is None for pattern in patterns)
    ]
    if check.is_type(wanted, "object"):
        for name in others:
            yield from check.descend(value[name], wanted, path=name)
    elif not wanted and others:
        listed = ", ".join(map(repr, others))
        yield ValidationError(f"Additional properties are not allowed ({listed}: unexpected)")


def _without_dialect(node: Any) -> Any:
    """The schema without `$schema`, by which jsonschema would choose a validator of its own."""
    if isinstance(node, Mapping):
        kept = {
            name: value for name, value in node.items() if name != "$schema" or not isinstance(value, str)
        }
        return {name: value if name in _VALUES else _without_dialect(value) for name, value in kept.items()}
    return [_without_dialect(item) for item in node] if isinstance(node, list) else node


def _patterns(node: Any) -> Iterator[str]:
    """Every pattern of a schema.

    Raises:
        BadRequest: a keyword stands in it that jsonschema checks by patterns of its own, without a limit.
    """
    if isinstance(node, list):
        for item in node:
            yield from _patterns(item)
    if not isinstance(node, Mapping):
        return
    if isinstance(node.get("pattern"), str):
        yield node["pattern"]
    named = node.get("patternProperties")
    if isinstance(named, Mapping):
        yield from named
    if named and "unevaluatedProperties" in json.dumps(node):
        raise BadRequest(
            "the row's JSON schema has unevaluatedProperties beside patternProperties: write "
            "additionalProperties in its place"
        )
    for name, child in node.items():
        if name not in _VALUES:
            yield from _patterns(child)

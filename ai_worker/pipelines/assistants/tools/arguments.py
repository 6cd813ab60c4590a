"""The check of a call's arguments by the stored schema of its tool.

Patterns of schemas meet texts of users here, so they run under a time-out.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

import regex
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for

PATTERN_SECONDS = 0.1
Rule = Callable[..., Iterator[ValidationError]]


def problem_of(schema: Mapping[str, Any], arguments: Any) -> str | None:
    """The way in which arguments break a schema, with path and expectation; None where they fit."""
    kind = validator_for(schema, default=Draft202012Validator)
    validator = _timed(kind, has_named_patterns=_has_named_patterns(schema))(schema)
    fault = best_match(validator.iter_errors(arguments))
    return None if fault is None else f"Invalid arguments: {fault.json_path}: {fault.message[:300]}"


def _has_named_patterns(node: Any) -> bool:
    """Return whether some schema within chooses properties by patterns."""
    if isinstance(node, Mapping):
        return "patternProperties" in node or any(map(_has_named_patterns, node.values()))
    return isinstance(node, list) and any(map(_has_named_patterns, node))


@lru_cache
def _timed(kind: type[Validator], *, has_named_patterns: bool) -> type[Validator]:
    """The validator of a draft, with patterns under a time-out."""
    additional = kind.VALIDATORS["additionalProperties"]

    def others(validator: Validator, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        # Which names the patterns leave over would be asked of patterns without a time-out.
        if "patternProperties" not in schema:
            yield from additional(validator, value, instance, schema) or ()

    rules: dict[str, Rule] = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": others,
    }
    if has_named_patterns:
        # It asks patterns of the whole schema which names they leave over, likewise without a time-out.
        rules["unevaluatedProperties"] = _forbids_nothing
    return cast(type[Validator], extend(kind, rules))  # type: ignore[no-untyped-call]


def _forbids_nothing(*_: Any) -> Iterator[ValidationError]:
    return iter(())


def _pattern(validator: Validator, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _fits(pattern, instance):
        yield ValidationError(f"{instance[:80]!r} does not match {pattern[:80]!r}")


def _pattern_properties(
    validator: Validator, patterns: Mapping[str, Any], instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, wanted in patterns.items():
            for name, value in instance.items():
                if _fits(pattern, name):
                    yield from cast(Any, validator).descend(value, wanted, path=name, schema_path=pattern)


def _fits(pattern: str, text: str) -> bool:
    """Return whether a pattern is found in a text in time.

    One that cannot be read forbids nothing: an MCP server may write it in another dialect.
    """
    try:
        return regex.search(pattern, text, timeout=PATTERN_SECONDS) is not None
    except regex.error:
        return True
    except TimeoutError:
        return False

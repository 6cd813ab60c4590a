"""A provider's 400, and the checks of schemas that two forms share."""

import re
from typing import Any

_COMBINATORS = ("oneOf", "anyOf", "allOf", "enum", "not")
_NAME = re.compile(r"[a-zA-Z0-9_-]+")


class Refused(Exception):
    """The provider answers 400 with this message."""


def check_openai_function(function: dict[str, Any], place: str, *, strict: bool) -> None:
    """Refuse a function that OpenAI refuses."""
    name = function.get("name", "")
    if not _NAME.fullmatch(name):
        raise Refused(
            f"Invalid '{place}.name': string does not match pattern."
            " Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        )
    if len(name) > 64:
        raise Refused(f"Invalid '{place}.name': string too long. Expected a string with maximum length 64.")
    schema = function.get("parameters")
    if schema is None:
        return
    if schema.get("type") != "object" or any(word in schema for word in _COMBINATORS):
        raise Refused(
            f"Invalid schema for function '{name}': schema must have type 'object' and not have"
            " 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."
        )
    if strict:
        _check_strict(name, schema)


def _check_strict(name: str, schema: dict[str, Any]) -> None:
    missing = [key for key in schema.get("properties", {}) if key not in schema.get("required", [])]
    if missing:
        raise Refused(
            f"Invalid schema for function '{name}': In context=(), 'required' is required to be supplied and"
            f" to be an array including every key in properties. Missing '{missing[0]}'."
        )
    for key, value in schema.get("properties", {}).items():
        if "default" in value:
            raise Refused(
                f"Invalid schema for function '{name}': In context=('properties', '{key}'),"
                " 'default' is not permitted."
            )

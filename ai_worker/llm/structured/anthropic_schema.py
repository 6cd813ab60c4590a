"""Anthropic's dialect of JSON schema: closed objects as in OpenAI's strict mode, without recursion, without
bounds of numbers and lengths. What is left out is still checked.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs
"""

from typing import Any

from ai_worker.llm.structured.openai_schema import openai_schema
from ai_worker.llm.structured.schemas import Schema, is_recursive, without

_DROPPED = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxItems"}
    | {"minLength", "maxLength"}
)


def anthropic_schema(schema: Schema) -> Schema | None:
    """The plain schema for `output_config`; None where the dialect cannot express it."""
    fitted, is_strict = openai_schema(schema)
    if not is_strict or is_recursive(fitted.get("$defs", {})):
        return None
    return without(fitted, _is_refused)


def _is_refused(name: str, value: Any) -> bool:
    return name in _DROPPED or (name == "minItems" and value > 1)

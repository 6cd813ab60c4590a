"""Instances of a JSON schema, in its own words or in Gemini's: what a model held to a schema would answer."""

import math
import re
from collections.abc import Mapping
from typing import Any

from devtools.offline_model.question import chance

_TEXT = re.compile(
    r"text|correct|translat|answer|response|content|result|output|verdict|label", re.IGNORECASE
)
_REMARK = re.compile(r"summary|change|explan|reason|note|comment|descri", re.IGNORECASE)
_FORMAT_TOLD = re.compile(r"Format: ([\w-]+)")
_DEPTH = 6
_FORMATS = {
    "date": "2025-01-31",
    "date-time": "2025-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "email": "reader@example.org",
}
_FORMATS |= {
    "uuid": "3f2b8c52-0a53-4f0e-9f57-3f6d3f6f1a11",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
    "duration": "P1D",
}


def instance(schema: Mapping[str, Any], text: str, seed: str) -> Any:
    """A value that fits the schema.

    Args:
        schema: JSON schema with `$defs`, or Gemini's dialect. text: goes into the fields that look like the
            answer itself; a choice among strings takes the one that occurs in it. seed: decides everything
            else.
    """
    return _Maker(schema, text, seed).make(schema, "", 0)


class _Maker:
    def __init__(self, root: Mapping[str, Any], text: str, seed: str) -> None:
        self._root = root
        self._text = text
        self._seed = seed

    def make(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._chosen(schema["enum"], name)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((entry for entry in kind if entry != "null"), "null")
        makers = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._integer,
            "number": self._number,
        }
        makers |= {"boolean": self._boolean, "null": self._null}
        return makers[str(kind).lower()](schema, name, depth)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while True:
            if "$ref" in schema:
                group, _, name = schema["$ref"].removeprefix("#/").partition("/")
                target = self._root[group][name] if name else self._root
            elif choices := schema.get("anyOf") or schema.get("oneOf"):
                real = [choice for choice in choices if str(choice.get("type")).lower() != "null"] or choices
                target = real[0]
            elif parts := schema.get("allOf"):
                target = parts[0]
            else:
                return schema
            schema = {
                **target,
                **{
                    key: value
                    for key, value in schema.items()
                    if key not in ("$ref", "anyOf", "oneOf", "allOf")
                },
            }

    def _chosen(self, choices: list[Any], name: str) -> Any:
        said = [
            choice
            for choice in choices
            if isinstance(choice, str) and choice.casefold() in self._text.casefold()
        ]
        if said:
            return max(said, key=len)
        return choices[int(chance(self._seed, "enum", name) * len(choices))]

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        wanted = properties if depth < _DEPTH else schema.get("required") or []
        made = {key: self.make(properties[key], key, depth + 1) for key in wanted}
        if not properties and isinstance(schema.get("additionalProperties"), Mapping) and depth < _DEPTH:
            made["key"] = self.make(schema["additionalProperties"], "key", depth + 1)
        return made

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        if prefix := schema.get("prefixItems"):
            return [self.make(item, name, depth + 1) for item in prefix]
        least = int(schema.get("minItems") or 0)
        usual = 0 if depth >= _DEPTH // 2 else 1
        count = min(max(least, usual), int(schema.get("maxItems") or least + usual))
        return [self.make(schema.get("items") or {}, name, depth + 1) for _ in range(count)]

    def _string(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        told = _FORMAT_TOLD.search(schema.get("description") or "")
        if (form := told.group(1) if told else schema.get("format")) in _FORMATS:
            return _FORMATS[form]
        made = (
            self._text
            if _TEXT.search(name) and not _REMARK.search(name)
            else f"{name or 'value'} of the offline model"
        )
        made = made[: schema["maxLength"]] if "maxLength" in schema else made
        return made.ljust(int(schema.get("minLength") or 0), ".")

    def _integer(self, schema: Mapping[str, Any], name: str, depth: int) -> int:
        low, high = _bounds(schema)
        made = math.floor(low + chance(self._seed, "number", name) * (high - low + 1))
        step = int(schema.get("multipleOf") or 1)
        return -(-made // step) * step

    def _number(self, schema: Mapping[str, Any], name: str, depth: int) -> float:
        low, high = _bounds(schema)
        return round(low + chance(self._seed, "number", name) * (high - low), 3)

    def _boolean(self, schema: Mapping[str, Any], name: str, depth: int) -> bool:
        return chance(self._seed, "boolean", name) < 0.5

    def _null(self, schema: Mapping[str, Any], name: str, depth: int) -> None:
        return None


def _bounds(schema: Mapping[str, Any]) -> tuple[float, float]:
    low = schema.get(
        "minimum", schema.get("exclusiveMinimum", 0) + (1 if "exclusiveMinimum" in schema else 0)
    )
    high = schema.get(
        "maximum", schema.get("exclusiveMaximum", low + 10) - (1 if "exclusiveMaximum" in schema else 0)
    )
    return low, max(low, high)

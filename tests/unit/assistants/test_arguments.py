"""Arguments of the model against the schemas of tools."""

import time
from typing import Any

import pytest

from ai_worker.pipelines.assistants.tools.arguments import problem_of


def schema_of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    ("schema", "arguments", "path"),
    [
        (schema_of(n={"type": "integer", "minimum": 1}), {"n": 0}, "$.n"),
        (schema_of(n={"type": "integer"}), {"n": "1"}, "$.n"),
        (schema_of(n={"type": "integer"}), {}, "$"),
        (schema_of(code={"type": "string", "pattern": "^[A-Z]{2}$"}), {"code": "abc"}, "$.code"),
        ({"type": "object", "additionalProperties": False}, {"x": 1}, "$"),
        ({"type": "object", "patternProperties": {"^n": {"type": "integer"}}}, {"n1": "x"}, "$.n1"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(schema: Any, arguments: Any, path: str) -> None:
    assert (problem_of(schema, arguments) or "").startswith(f"Invalid arguments: {path}: ")


def test_what_fits_is_no_problem() -> None:
    schema = schema_of(code={"type": "string", "pattern": "^[A-Z]{2}$"}, city={"type": "string"})
    assert problem_of(schema, {"code": "DE", "city": "Łódź"}) is None


def test_a_pattern_that_never_ends_is_cut_off() -> None:
    schema = schema_of(text={"type": "string", "pattern": "^(a|aa)+$"})
    began = time.monotonic()
    assert problem_of(schema, {"text": "a" * 200 + "!"}) is not None
    assert time.monotonic() - began < 2


def test_a_pattern_of_another_dialect_forbids_nothing() -> None:
    assert problem_of(schema_of(text={"type": "string", "pattern": "("}), {"text": "x"}) is None


def test_a_pattern_of_names_that_never_ends_is_cut_off_whatever_else_the_schema_says() -> None:
    named = {"patternProperties": {"^(a|a)*$": {"type": "string"}}}
    schema = {"type": "object", "allOf": [named], "unevaluatedProperties": False}
    began = time.monotonic()
    problem_of(schema, {"a" * 24 + "b": "x"})
    assert time.monotonic() - began < 2


def test_names_that_no_schema_knows_are_refused() -> None:
    known = {"properties": {"city": {"type": "string"}}}
    schema = {"type": "object", "allOf": [known], "unevaluatedProperties": False}
    assert problem_of(schema, {"city": "Łódź"}) is None
    assert problem_of(schema, {"town": "Łódź"}) is not None

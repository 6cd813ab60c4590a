"""Values checked by the schemas of rows, whose patterns end in time."""

import json
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Reply, Request
from ai_worker.llm.structured.repair import ask_structured
from ai_worker.llm.structured.validator import validator
from ai_worker.llm.user_regexp import BadPattern, SlowPattern
from ai_worker.outbound.usage import Usage

ENDLESS = "(a|a)*$"
MANY = "a" * 40 + "b"


def of_object(**keywords: Any) -> dict[str, Any]:
    return {"type": "object", **keywords}


def of_text(**keywords: Any) -> dict[str, Any]:
    return of_object(properties={"text": {"type": "string", **keywords}})


SCHEMAS = [
    of_text(pattern="^[a-z]+$"),
    of_object(patternProperties={"^n_": {"type": "integer"}}, additionalProperties=False),
    of_object(patternProperties={"^n_": {"type": "integer"}}, additionalProperties={"type": "string"}),
    of_object(properties={"text": {}}, additionalProperties=False),
    of_object(propertyNames={"pattern": "^[a-z_]+$"}),
    of_object(properties={"pattern": {"type": "string"}, "kind": {"enum": [{"pattern": "("}]}}),
]
VALUES: list[dict[str, Any]] = [
    {},
    {"text": "abc"},
    {"text": "ABC"},
    {"text": 1},
    {"n_a": 1},
    {"n_a": "x"},
    {"other": "x"},
    {"other": 1, "N": 2},
    {"pattern": "("},
]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("value", VALUES)
def test_the_verdict_is_that_of_jsonschema(schema: dict[str, Any], value: dict[str, Any]) -> None:
    ours = sorted(fault.json_path for fault in validator(json.dumps(schema)).iter_errors(value))
    theirs = sorted(fault.json_path for fault in Draft202012Validator(schema).iter_errors(value))
    assert ours == theirs


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (of_text(pattern=ENDLESS), {"text": MANY}),
        (of_object(patternProperties={ENDLESS: {}}), {MANY: 1}),
        (of_object(patternProperties={ENDLESS: {}}, additionalProperties=False), {MANY: 1}),
        (of_object(propertyNames={"pattern": ENDLESS}), {MANY: 1}),
        (
            {
                "$schema": Draft202012Validator.META_SCHEMA["$id"],
                **of_object(properties={"inner": {"$ref": "#"}, "text": {"pattern": ENDLESS}}),
            },
            {"inner": {"text": MANY}},
        ),
    ],
)
def test_a_pattern_without_an_end_is_ended(schema: dict[str, Any], value: dict[str, Any]) -> None:
    begun = time.process_time()
    with pytest.raises(SlowPattern, match="found no end"):
        list(validator(json.dumps(schema)).iter_errors(value))
    assert time.process_time() - begun < 2


def test_a_row_with_such_a_pattern_ends_with_that_reason() -> None:
    asked = []

    def call(request: Request) -> Reply:
        asked.append(request)
        return Reply(json.dumps({"text": MANY}), {}, Usage(10, 5))

    with pytest.raises(SlowPattern) as caught:
        ask_structured(call, Request("?", json_schema=of_text(pattern=ENDLESS)))
    assert (caught.value.error_class, caught.value.retry, len(asked)) == ("bad_regexp", False, 1)


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        (of_text(pattern="("), BadRequest),
        (of_text(pattern="(a{1000}){1000}"), BadPattern),
        (of_object(patternProperties={"(": {}}), BadRequest),
        (of_object(patternProperties={"a": {}}, unevaluatedProperties=False), BadRequest),
    ],
)
def test_what_cannot_be_checked_in_time_is_refused_before_a_call(
    schema: dict[str, Any], fault: type[BadRequest]
) -> None:
    def call(request: Request) -> Reply:
        raise AssertionError("nothing is asked")

    with pytest.raises(fault):
        ask_structured(call, Request("?", json_schema=schema))

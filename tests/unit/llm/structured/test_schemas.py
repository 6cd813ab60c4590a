"""One schema, two dialects: each keeps the rules of its provider, and what fits a dialect fits the
original.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, RootModel

from ai_worker.errors import BadRequest
from ai_worker.llm.request import Request
from ai_worker.llm.structured.anthropic_schema import anthropic_schema
from ai_worker.llm.structured.gemini_schema import gemini_schema
from ai_worker.llm.structured.openai_schema import openai_schema
from ai_worker.llm.structured.schemas import in_dialect, original_schema, plain, schema_note
from devtools.offline_model.instances import instance


class Flat(BaseModel):
    text: str = Field(description="the corrected text", min_length=1, max_length=200)
    count: int = Field(ge=1, lt=10)
    share: float = 0.5
    sure: bool
    note: str | None = None


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Part(BaseModel):
    colour: Colour
    level: Literal[1, 2, 3]
    mood: Literal["good", None] = None


class Nested(BaseModel):
    main: Part = Field(description="the first part")
    parts: list[Part] = Field(min_length=1, max_length=3)
    day: date
    moment: datetime
    number: UUID


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    amount: int | str
    other: Cat | Dog | None = None


class Node(BaseModel):
    text: str
    children: list["Node"] = []


class Free(BaseModel):
    scores: dict[str, int]
    pair: tuple[int, str]
    anything: Any = None


CLASSES = [Flat, Nested, Owner, Node, Free]
EXPRESSIBLE = [Flat, Nested, Owner]


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within one, itself included."""
    if isinstance(schema, dict):
        yield schema
        for name in ("properties", "$defs"):
            for child in schema.get(name, {}).values():
                yield from nodes(child)
        for name in ("items", "additionalProperties"):
            yield from nodes(schema.get(name))
        for name in ("anyOf", "prefixItems"):
            for child in schema.get(name, []):
                yield from nodes(child)


@pytest.mark.parametrize("kind", [Flat, Nested, Owner, Node])
def test_openai_strict_closes_every_object_and_requires_every_field(kind: type[BaseModel]) -> None:
    fitted = in_dialect(Request("", schema=kind), openai_schema)
    assert fitted is not None and fitted[1] is True
    for node in nodes(fitted[0]):
        assert not {"default", "minLength", "maxLength", "discriminator", "oneOf", "allOf", "const"} & set(
            node
        )
        if "properties" in node:
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])
        if "$ref" in node:
            assert set(node) == {"$ref"}


def test_what_strict_cannot_express_is_sent_without_it() -> None:
    assert in_dialect(Request("", schema=Free), openai_schema) == (plain(Free.model_json_schema()), False)


@pytest.mark.parametrize("kind", EXPRESSIBLE)
def test_gemini_knows_no_references_and_writes_types_in_capitals(kind: type[BaseModel]) -> None:
    fitted = in_dialect(Request("", schema=kind), gemini_schema)
    assert fitted is not None and fitted[0] == "responseSchema"
    known = {
        "type",
        "description",
        "nullable",
        "enum",
        "format",
        "items",
        "properties",
        "required",
        "propertyOrdering",
        "anyOf",
    }
    known |= {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern"}
    for node in nodes(fitted[1]):
        assert set(node) <= known
        assert "anyOf" in node or node["type"] in {
            "STRING",
            "INTEGER",
            "NUMBER",
            "BOOLEAN",
            "ARRAY",
            "OBJECT",
        }
        assert all(isinstance(choice, str) for choice in node.get("enum", []))
        if "properties" in node:
            assert node["propertyOrdering"] == list(node["properties"])


@pytest.mark.parametrize("kind", [Node, Free])
def test_gemini_gets_json_schema_where_its_own_dialect_does_not_reach(kind: type[BaseModel]) -> None:
    fitted = in_dialect(Request("", schema=kind), gemini_schema)
    assert fitted is not None and fitted[0] == "responseJsonSchema"
    assert fitted[1]["type"] == "object"


def test_nullable_fields_in_gemini() -> None:
    _, fitted = gemini_schema(plain(Owner.model_json_schema()))
    assert fitted["properties"]["other"]["nullable"] is True
    assert len(fitted["properties"]["other"]["anyOf"]) == 2
    _, flat = gemini_schema(plain(Flat.model_json_schema()))
    assert flat["properties"]["note"] == {"type": "STRING", "nullable": True}
    assert flat["required"] == ["text", "count", "sure"]
    _, listed = gemini_schema(
        plain({"type": "object", "properties": {"a": {"type": ["integer", "string", "null"]}}})
    )
    assert listed["properties"]["a"] == {"anyOf": [{"type": "INTEGER"}, {"type": "STRING"}], "nullable": True}


def test_numbers_to_choose_from_are_told_in_words() -> None:
    _, fitted = gemini_schema(plain(Part.model_json_schema()))
    assert fitted["properties"]["level"] == {"type": "INTEGER", "description": "One of: 1, 2, 3"}
    assert fitted["properties"]["mood"] == {"type": "STRING", "enum": ["good"], "nullable": True}


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize(
    "dialect", [lambda schema: openai_schema(schema)[0], lambda schema: gemini_schema(schema)[1]]
)
def test_what_fits_the_dialect_fits_the_class(kind: type[BaseModel], dialect: Any) -> None:
    made = instance(dialect(plain(kind.model_json_schema())), "green 2", "seed")
    kind.model_validate(made)


def test_all_of_is_merged_and_definitions_are_found() -> None:
    schema = {
        "definitions": {
            "Base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
        },
        "allOf": [{"type": "object", "properties": {"b": {"$ref": "#/definitions/Base"}}, "required": ["b"]}],
        "properties": {"c": {"oneOf": [{"type": "string"}, {"type": "integer"}]}},
        "required": ["c"],
    }
    merged = plain(schema)
    assert merged["required"] == ["b", "c"]
    assert set(merged["properties"]) == {"b", "c"}
    assert merged["properties"]["c"] == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert gemini_schema(merged)[1]["properties"]["b"]["type"] == "OBJECT"


def test_fields_may_have_the_names_of_keywords() -> None:
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "string"} for name in ("default", "title", "const", "$ref", "oneOf", "type")
        },
    }
    assert list(plain(schema)["properties"]) == list(schema["properties"])
    assert list(openai_schema(plain(schema))[0]["properties"]) == list(schema["properties"])


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": {"type": "string"}},
        RootModel[list[str]].model_json_schema(),
        {"anyOf": [{"type": "object"}, {"type": "string"}]},
        {"type": "object", "properties": {"a": {"$ref": "#/$defs/Missing"}}},
        {"type": "object", "properties": {"a": {"$ref": "https://example.com/schema"}}},
    ],
)
def test_schemas_that_no_provider_takes_are_bad_requests(schema: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        plain(schema)


def test_the_note_for_servers_without_schemas() -> None:
    assert '"the corrected text"' in schema_note(Request("", schema=Flat))
    assert schema_note(Request("")) == ""
    assert original_schema(Request("")) is None


@pytest.mark.parametrize("name", ["$ref", "$defs"])
def test_the_original_is_left_as_it_was(name: str) -> None:
    schema = Nested.model_json_schema()
    before = repr(schema)
    gemini_schema(plain(schema))
    openai_schema(plain(schema))
    assert repr(schema) == before
    assert name in before


def test_a_schema_that_refers_to_itself_by_its_root() -> None:
    schema = {
        "type": "object",
        "properties": {"text": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["text"],
    }
    fitted, strict = openai_schema(plain(schema))
    reference = {"$ref": "#/$defs/ai_worker_root"}
    assert strict and fitted["properties"]["children"] == {"type": ["array", "null"], "items": reference}
    assert "ai_worker_root" in fitted["$defs"]
    field, of_gemini = gemini_schema(plain(schema))
    assert field == "responseJsonSchema" and "ai_worker_root" in of_gemini["$defs"]


def test_an_optional_field_is_nullable_in_strict_mode() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": "integer"},
            "c": {"enum": ["x", "y"]},
            "d": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["a"],
    }
    fitted, strict = openai_schema(plain(schema))
    properties = fitted["properties"]
    assert strict and set(fitted["required"]) == {"a", "b", "c", "d"}
    assert properties["a"] == {"type": "string"}
    assert properties["b"] == {"type": ["integer", "null"]}
    assert properties["c"] == {"anyOf": [{"enum": ["x", "y"], "type": "string"}, {"type": "null"}]}
    assert properties["d"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}


@pytest.mark.parametrize("empty", [{"enum": []}, {"anyOf": []}])
def test_a_choice_among_nothing_is_said_at_the_start(empty: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match="choice among nothing"):
        plain({"type": "object", "properties": {"a": empty}})


def test_gemini_gets_no_array_without_items_and_no_bounds_that_make_too_many_states() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "maxItems": 1000, "minItems": 2}, "b": {"enum": ["x", "y"]}},
    }
    field, fitted = gemini_schema(plain(schema))
    assert field == "responseSchema"
    assert fitted["properties"]["a"] == {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": 2}
    assert fitted["properties"]["b"] == {"type": "STRING", "enum": ["x", "y"]}


def field(schema: Any, fitted: Any = None) -> Any:
    """A schema of one field, or that field again."""
    if fitted is None:
        return plain({"type": "object", "properties": {"a": schema}, "required": ["a"]})
    return fitted["properties"]["a"]


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"enum": ["x", "y"]}, {"type": "string", "enum": ["x", "y"]}),
        ({"enum": ["x", None]}, {"type": ["null", "string"], "enum": ["x", None]}),
        ({"enum": [1, 2]}, {"type": "integer", "enum": [1, 2]}),
        ({"enum": [True, 2.5]}, {"type": ["boolean", "number"], "enum": [True, 2.5]}),
        ({"const": "x"}, {"type": "string", "enum": ["x"]}),
    ],
)
def test_strict_mode_is_told_the_items_of_arrays_and_the_type_of_choices(schema: Any, strict: Any) -> None:
    fitted, is_strict = openai_schema(field(schema))
    assert is_strict and field(None, fitted) == strict


def test_anthropic_gets_no_bounds_that_it_refuses() -> None:
    bounded = {
        "type": "array",
        "minItems": 2,
        "maxItems": 9,
        "items": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10, "multipleOf": 2},
    }
    assert field(None, anthropic_schema(field(bounded))) == {"type": "array", "items": {"type": "integer"}}
    assert field(None, anthropic_schema(field({"type": "array", "minItems": 1})))["minItems"] == 1
    assert field(None, anthropic_schema(field({"type": "string", "maxLength": 5, "format": "date"}))) == {
        "type": "string",
        "format": "date",
    }


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"type": "object"}, {}])
def test_what_anthropic_cannot_express_goes_into_the_prompt(schema: Any) -> None:
    assert anthropic_schema(field(schema)) is None

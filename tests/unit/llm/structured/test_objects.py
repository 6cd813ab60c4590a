"""The object that was meant, in whatever a model writes around it; never one that was cut off."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ai_worker.llm.request import Request
from ai_worker.llm.structured.objects import objects_in
from ai_worker.llm.structured.repair import Misfit, read

MOOD = {
    "type": "object",
    "properties": {"mood": {"enum": ["happy", "sad"]}, "why": {"type": "string"}},
    "required": ["mood"],
}
REQUEST = Request("q", json_schema=MOOD)


@pytest.mark.parametrize(
    "text",
    [
        '{"mood":"happy"}? No. {"mood":"sad"}',
        '{"mood":"sad"} {"note": 1}',
        'First {"mood": "angry"}, then\n```json\n{"mood": "sad"}\n```\nDone {}',
        '{"mood": "sad",}',
        "{'mood': 'sad'}",
        '{"mood": "sad" /* as asked */}',
        '{mood: "sad"}',
        '```json\n{"mood": "sad", "why": "it rains",}\n```',
        'The set {a, b} and {"mood": "sad"}',
        '{{"mood": "sad"}}',
    ],
)
def test_the_last_object_that_fits_is_meant(text: str) -> None:
    assert read(text, REQUEST)[1]["mood"] == "sad"


@pytest.mark.parametrize(
    "text",
    [
        '{"mood": "sad", "why": "it ra',
        '{"mood": "sad"',
        '{"detail": {"mood": "sad"}, "why": ',
        "[1, 2",
        '{"mood": NaN}',
        '{"mood": "sad", "score": Infinity}',
        '{"mood": "sad", "score": -Infinity, }',
        '{"mood": "sad", "score": 1e400}',
        '{"mood": "sad", "score": -1e999,}',
    ],
)
def test_half_an_object_and_no_numbers_are_misfits(text: str) -> None:
    with pytest.raises(Misfit):
        read(text, REQUEST)


def test_halves_of_characters_are_cleaned() -> None:
    text, data = read('{"mood": "sad", "why": "\\ud83e and \\u0000"}', REQUEST)
    assert data["why"] == "\ufffd and \x00"
    text.encode()


def test_whole_pairs_stay() -> None:
    assert read('{"mood": "sad", "why": "\\ud83e\\udd8a"}', REQUEST)[1]["why"] == "🦊"


class Pet(BaseModel):
    name: str
    age: int = 3


def test_null_for_a_field_that_was_left_out_is_taken_out() -> None:
    assert read('{"name": "Rex", "age": null}', Request("q", schema=Pet))[1] == Pet(name="Rex")
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": ["string", "null"]}}}
    assert read('{"a": null, "b": null}', Request("q", json_schema=schema))[1] == {"b": None}


def test_the_faults_told_are_those_of_the_likeliest() -> None:
    with pytest.raises(Misfit, match="mood"):
        read('{"mood": "angry"}', REQUEST)


@given(st.text(alphabet="{}[]\":,'x1` \n\\ud8"))
def test_no_text_is_an_exception(text: str) -> None:
    for found, value in objects_in(text):
        found.encode()
        assert isinstance(value, dict)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    )
)
def test_every_object_comes_back_as_it_is(value: Any) -> None:
    whole = {"value": value}
    assert next(objects_in(f"Here: {json.dumps(whole)} ."))[1] == json.loads(
        json.dumps(whole, ensure_ascii=True)
    )

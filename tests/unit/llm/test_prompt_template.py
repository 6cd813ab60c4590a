"""Templates of rows: plain names, nothing else, and no value is ever read as a template."""

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.errors import BadRequest
from ai_worker.llm.prompt_template import fill, names

NO_SURROGATES: Any = ("Cs",)
NAMES = st.text(
    st.characters(exclude_characters="{}[].!:", exclude_categories=NO_SURROGATES), min_size=1, max_size=8
)
LITERALS = st.text(st.characters(exclude_characters="{}", exclude_categories=NO_SURROGATES))
VALUES = st.text()


@given(pieces=st.lists(st.tuples(LITERALS, NAMES)), last=LITERALS, values=st.data())
def test_values_stand_where_their_names_stood(
    pieces: list[tuple[str, str]], last: str, values: st.DataObject
) -> None:
    variables = {name: values.draw(VALUES) for _, name in pieces}
    template = "".join(literal + "{" + name + "}" for literal, name in pieces) + last
    assert fill(template, variables) == "".join(literal + variables[name] for literal, name in pieces) + last
    assert names(template) == list(dict.fromkeys(name for _, name in pieces))


@given(st.text())
def test_doubled_braces_are_literal(text: str) -> None:
    assert fill(text.replace("{", "{{").replace("}", "}}"), {}) == text


@given(st.text(alphabet="{}a.[]!: ", max_size=12))
def test_whatever_is_malformed_is_a_bad_request_and_nothing_else(template: str) -> None:
    try:
        filled = fill(template, {"a": "{a}"})
    except BadRequest:
        return
    assert names(template) in ([], ["a"])
    assert isinstance(filled, str)


@given(VALUES)
def test_braces_in_values_are_not_expanded_again(value: str) -> None:
    assert fill("{a}{b}", {"a": "{b}" + value, "b": "{a}"}) == "{b}" + value + "{a}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (["zażółć", 1, None], '["zażółć", 1, null]'),
        ({"ключ": {"a": [True]}}, '{"ключ": {"a": [true]}}'),
        (("a", "b"), '["a", "b"]'),
        (None, ""),
        (12, "12"),
        (1.5, "1.5"),
        (True, "True"),
        ("a\x00b", "a\x00b"),
    ],
)
def test_other_values_are_written_out(value: object, text: str) -> None:
    assert fill("<{v}>", {"v": value}) == f"<{text}>"


@pytest.mark.parametrize(
    "template",
    [
        "{a.b}",
        "{a[0]}",
        "{a!r}",
        "{a:>9}",
        "{}",
        "{a",
        "a}",
        "{ {a} }",
        "{a.__class__}",
        "{0.__init__.__globals__}",
        "{{{a",
    ],
)
def test_what_str_format_would_reach_into_is_refused(template: str) -> None:
    with pytest.raises(BadRequest):
        fill(template, {"a": "x"})


def test_an_unknown_name_is_named_beside_the_known_ones() -> None:
    with pytest.raises(BadRequest, match=r"\{prompt_txt\}; known: focus, prompt_text"):
        fill("{prompt_txt}", {"prompt_text": "secret value", "focus": 1})


def test_names_with_spaces_dashes_and_other_alphabets_are_names() -> None:
    assert fill("{text-en}|{текст вопроса}|{0}", {"text-en": "a", "текст вопроса": "b", "0": "c"}) == "a|b|c"


def test_the_error_shows_a_piece_of_a_long_template_and_no_value() -> None:
    with pytest.raises(BadRequest) as caught:
        fill("{a:" + "x" * 10_000, {"a": "value"})
    assert len(str(caught.value)) < 300
    assert "value" not in str(caught.value)


@pytest.mark.parametrize(
    "template",
    ["{{" * 500_000, "{a}" * 300_000, "x" * 1_000_000, "{" + "x" * 1_000_000, "{{}}" * 250_000 + "{"],
)
def test_a_megabyte_takes_no_longer_than_its_length(template: str) -> None:
    started = time.process_time()
    with suppress(BadRequest):
        fill(template, {"a": "b"})
    assert time.process_time() - started < 3, "a quadratic pass over a megabyte takes minutes"

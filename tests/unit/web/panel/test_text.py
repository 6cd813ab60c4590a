"""Texts of models as HTML."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.web.panel.text import line, number, share, shown


@given(st.text())
def test_no_text_brings_markup_or_turns_the_reading(text: str) -> None:
    html = shown(text)
    bare = html.replace('<span class="odd">', "").replace("</span>", "")
    assert "<" not in bare
    assert not set(html) & set("\x00\x1b\x7f\x85\u200e\u200f\u202a\u202e\u2066\u2069\u2028\u2029")


def test_a_long_text_is_cut_and_says_so() -> None:
    assert shown("x" * 30, 10) == 'xxxxxxxxxx<span class="cut"> … 20 characters more</span>'
    assert line("one\n two   three", 9) == "one two…"
    assert shown(None) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.5, "0.5"),
        (Decimal("0.00120000"), "0.0012"),
        (3.0, "3"),
    ],
)
def test_numbers(value: object, text: str) -> None:
    assert number(value) == text


def test_a_share_of_nothing_is_nothing() -> None:
    assert (share(1, 4), share(0, 0), share(5, 4)) == (25.0, 0.0, 100.0)

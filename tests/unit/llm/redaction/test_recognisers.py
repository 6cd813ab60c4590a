"""Recognisers of one's own, and what becomes of spans that overlap."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.redaction import Span, redact
from ai_worker.llm.redaction.spans import joined


class Pattern:
    def __init__(self, pattern: str, kind: str) -> None:
        self.pattern, self.kind = re.compile(pattern), kind

    def find(self, text: str) -> Iterator[Span]:
        for match in self.pattern.finditer(text):
            yield Span(*match.span(), self.kind)


class Fixed:
    def __init__(self, *spans: Span) -> None:
        self.spans = spans

    def find(self, text: str) -> tuple[Span, ...]:
        return self.spans


def test_a_recogniser_of_ones_own() -> None:
    redacted = redact(["Pokój 12, pokój 13"], [Pattern(r"[Pp]okój \d+", "ROOM")])
    assert redacted.texts == ("⟦PII_ROOM_1⟧, ⟦PII_ROOM_2⟧",)


def test_overlapping_finds_are_hidden_together_under_the_name_of_the_longest() -> None:
    short, long = Pattern("abc", "SHORT"), Pattern("bcdef", "LONG")
    for recognisers in ([short, long], [long, short]):
        assert redact(["xabcdefx"], recognisers).texts == ("x⟦PII_LONG_1⟧x",)


def test_of_equal_finds_the_first_recogniser_names_it() -> None:
    assert redact(["abc"], [Pattern("abc", "ONE"), Pattern("abc", "TWO")]).texts == ("⟦PII_ONE_1⟧",)


def test_finds_that_only_touch_stay_apart() -> None:
    assert redact(["abcd"], [Pattern("ab", "A"), Pattern("cd", "C")]).texts == ("⟦PII_A_1⟧⟦PII_C_1⟧",)


@pytest.mark.parametrize("span", [Span(2, 2, "A"), Span(3, 1, "A"), Span(-1, 2, "A"), Span(0, 99, "A")])
def test_a_span_outside_of_the_text_is_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="returned the span"):
        redact(["text"], [Fixed(span)])


@pytest.mark.parametrize("kind", ["", "a", "A_B", "1A", "TOO_LONG", "A" * 17, "É", "A⟧"])
def test_a_kind_that_fits_into_no_placeholder_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="kind of personal data"):
        redact(["text"], [Fixed(Span(0, 2, kind))])


_SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda part: Span(part[0], part[0] + part[1], "K"))
)


@given(_SPANS)
def test_joined_spans_cover_the_same_and_never_overlap(spans: list[Span]) -> None:
    result = joined(spans)
    assert {index for span in result for index in range(span.start, span.end)} == {
        i for span in spans for i in range(span.start, span.end)
    }
    assert all(before.end <= after.start for before, after in pairwise(result))

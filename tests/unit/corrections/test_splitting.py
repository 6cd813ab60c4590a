import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.llm.tokens import estimate
from ai_worker.pipelines.corrections.asking.splitting import split
from tests.unit.corrections.texts import TEXTS


@given(TEXTS, st.integers(1, 40))
def test_parts_join_to_the_text_and_fit(text: str, most_tokens: int) -> None:
    parts = split(text, most_tokens)
    assert "".join(parts) == text
    assert all(estimate(part) <= most_tokens for part in parts)
    assert all(parts) or parts == [""]


@given(TEXTS)
def test_a_text_that_fits_is_not_cut(text: str) -> None:
    assert split(text, max(1, estimate(text))) == [text]


def test_cuts_fall_at_sentence_ends() -> None:
    text = "First one, e.g. this. “Second?” Third!\r\n\r\nFourth here… And the fifth."
    assert split(text, 8) == [
        "First one, e.g. this. ",
        "“Second?” Third!\r\n\r\n",
        "Fourth here… And the fifth.",
    ]
    assert split("日本語です。短い文。", 5) == ["日本語です。", "短い文。"]


def test_cuts_fall_at_words_then_graphemes_where_a_sentence_is_too_long() -> None:
    assert split("one two three four", 2) == ["one two ", "three ", "four"]
    family = "👩‍👩‍👧‍👦"
    assert split(family * 3, estimate(family)) == [family] * 3


def test_placeholders_of_personal_data_stay_whole() -> None:
    text = "字" * 5 + "⟦PII_EMAIL_1⟧" + "字" * 5 + "⟦PII_PHONE_12⟧" * 3
    for most_tokens in range(6, 20):
        assert all(part.count("⟦") == part.count("⟧") for part in split(text, most_tokens))


def test_paragraphs_are_kept_together_where_they_fit() -> None:
    paragraphs = ["One. Two.\n\n", "Three. Four.\n\n", "Five. Six."]
    assert split("".join(paragraphs), 4) == paragraphs


def test_parts_are_filled() -> None:
    assert len(split("word " * 10_000, 1_000)) == 13, "50,000 bytes in parts of at most 4,000, cut at words"


def test_a_part_holds_something() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        split("text", 0)


@pytest.mark.parametrize(
    "text",
    ["." * 100_000, "\n" * 100_000, " " * 100_000, "\r" * 100_000, '."' + '"' * 100_000, "\n \t" * 30_000],
)
def test_runs_of_one_mark_take_linear_time(text: str) -> None:
    started = time.process_time()
    assert "".join(split(text, 100)) == text
    assert time.process_time() - started < 10, "seconds of CPU; quadratic work would take minutes"

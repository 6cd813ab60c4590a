import pytest
import regex
from hypothesis import example, given

from ai_worker.pipelines.corrections.diff.words import is_word, tokens
from tests.unit.corrections.texts import TEXTS


@given(TEXTS)
@example("a\x00b\r\n\r \u0301x")
def test_tokens_lose_nothing(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's 1,000.50 zł", ["It's", " ", "1,000.50", " ", "zł"]),
        ("a\r\nb \t\n", ["a", "\r\n", "b", " \t", "\n"]),
        ("don’t!?", ["don’t", "!", "?"]),
        ("日本語。", ["日", "本", "語", "。"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("ok👩‍👩‍👧‍👦🇵🇱🇷🇺", ["ok", "👩‍👩‍👧‍👦", "🇵🇱", "🇷🇺"]),
        ("שלום עולם", ["שלום", " ", "עולם"]),
        ("at 12:30, 5kg", ["at", " ", "12:30", ",", " ", "5kg"]),
    ],
)
def test_tokens_are_what_a_person_would_call_one_thing(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_no_grapheme_of_ordinary_writing_is_cut() -> None:
    text = "Zażółć e\u0301te\u0301, क्षि नमस्ते! 👩‍👩‍👧‍👦👍🏽 1️⃣ \u0301 한국어 สวัสดี مَرْحَبًا ok\r\n"
    ends = {found.end() for found in regex.finditer(r"\X", text)}
    position = 0
    for token in tokens(text):
        position += len(token)
        assert position in ends, token


def test_words_and_marks_are_told_apart() -> None:
    assert [token for token in tokens("Ala, 2 коты… 👍") if is_word(token)] == ["Ala", "2", "коты"]

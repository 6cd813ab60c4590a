import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring.texts import fold, normalise


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Ｆｕｌｌ　ｗｉｄｔｈ ", "full width"),
        ("Straße", "strasse"),
        ("ещё ЁЖ", "еще еж"),
        ("soft\u00adhyphen\u200b", "softhyphen"),
        ("3–5 — x −1", "3-5 - x -1"),
        ("one\r\n\ttwo", "one two"),
        ("cafe\u0301", "café"),
    ],
)
def test_folding(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("The answer is: **B**.", "answer is b"),
        ("A", "a"),
        ("A, B", "a b"),
        ("a cat", "cat"),
        ("U.S.A.", "usa"),
        ("Don't!", "dont"),
        ("well-known", "well known"),
        ("snake_case", "snake case"),
        ("«Не морально».", "не морально"),
        ("yes/no", "yes no"),
        ("- yes", "yes"),
        ("3.14", "3.14"),
        ("1/2", "1/2"),
        ("-5", "-5"),
        ("(−5)", "-5"),
        ("x=-5", "x=-5"),
        (".5", ".5"),
        ("...5", "5"),
        ("C++", "c++"),
        ("!!!", "!!!"),
    ],
)
def test_normalising(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(("one", "other"), [("A", "the"), ("3.5", "35"), ("-5", "5"), ("A, B", "B"), ("?", "!"), ("1/2", "12")])
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
@example("a.-5")
@example("е\u00ad\u0308")
def test_normal_forms_are_normal(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1), st.sampled_from(["…", "!", "  ", "»", "**"]))
def test_marks_around_an_answer_do_not_count(text: str, mark: str) -> None:
    assert normalise(f"{mark}{text}{mark}") == normalise(text)


@given(st.text())
def test_nothing_but_white_space_and_invisible_characters_is_normalised_to_nothing(text: str) -> None:
    assert bool(normalise(text)) == bool(fold(text))


def test_a_letter_under_accents_without_end_delays_nobody() -> None:
    begun = time.process_time()
    normalise("е\u0323" + "\u0308" * 50_000)
    assert time.process_time() - begun < 2

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring.reading.comparing import normalise
from ai_worker.pipelines.evaluations.scoring.reading.texts import fold


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
        ("10²", "10^2"),
        ("x⁻¹", "x^-1"),
        ("10₂", "10_2"),
        ("H₂O", "h2o"),
        ("1½", "1 1/2"),
        ("5️⃣", "5"),
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
        ("A,B", "a b"),
        ("a cat", "cat"),
        ("U.S.A.", "usa"),
        ("Don't!", "don't"),
        ("well-known", "well known"),
        ("«Не морально».", "не морально"),
        ("yes/no", "yes/no"),
        ("- yes", "yes"),
        ("3.14", "3.14"),
        ("1/2", "1/2"),
        ("-5", "-5"),
        ("(−5)", "-5"),
        ("x=-5", "x=-5"),
        ("x = -5", "x=-5"),
        (".5", ".5"),
        ("...5", "5"),
        ("C++", "c++"),
        ("!!!", "!!!"),
        ("$B$", "b"),
        ("\\text{B}", "b"),
        ("\\boxed{\\boxed{\\text{B}}}", "b"),
        ("9{,}500", "9,500"),
        ("<b>B</b>", "b"),
        ("-x", "-x"),
        ("[2,5)", "[2,5)"),
        ("[2, 5)", "[2,5)"),
        ("(B)", "b"),
        ("B)", "b"),
        ("B!", "b"),
        ("5!", "5!"),
        ("Paris!", "paris"),
        ("n!", "n!"),
        ("10²", "10^2"),
        ("10^{2}", "10^2"),
        ("10<sup>2</sup>", "10^2"),
        ("!x", "!x"),
        ("a.b", "a.b"),
        ("for a man", "for a man"),
        ("5 €", "5€"),
        ("5 km.", "5km"),
        ("'yes'", "yes"),
        ('"yes"', "yes"),
        ("“yes”", "yes"),
        ("f'", "f'"),
        ("we're", "we're"),
        ("R&D", "r&d"),
        ("*B*", "b"),
        ("__B__", "b"),
        ("`B`", "b"),
        ("```\nB\n```", "b"),
        ("a*b", "a*b"),
        ("- B", "b"),
        ("- x", "- x"),
        ("1, 234", "1, 234"),
        ("—Да", "да"),
        ("是！", "是"),
        ("\\frac{1}{2}", "1/2"),
        ("\\$5", "$5"),
        ("5\\%", "5%"),
        ("$5", "$5"),
        ("90^\\circ", "90°"),
        ("\\left[2,5\\right)", "[2,5)"),
        ("x - y", "x-y"),
        ("1½", "1 1/2"),
        ("B!!", "b"),
        ("**Not wrong.**", "not wrong"),
        ("B.", "b"),
        ('5"', '5"'),
        ("a", "a"),
        ("é!", "é!"),
        ("N/A", "n/a"),
        ("e-mail", "e-mail"),
        ("«B»", "b"),
        ("U.S.", "us"),
        ("Москва — столица", "москва столица"),
        ("1. Paris", "1paris"),
        ("snake_case", "snake_case"),
        ("2:3", "2:3"),
        ("<answer>B</answer>", "b"),
        ("the", "the"),
        ("The", "the"),
        ("Is it? Yes.", "is it yes"),
        ("5 %", "5%"),
        ("$ 5", "$5"),
    ],
)
def test_normalising(written: str, normal: str) -> None:
    assert normalise(written) == normal
    assert normalise(normal) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A", "the"), ("3.5", "35"), ("-5", "5"), ("A, B", "B"), ("?", "!"), ("1/2", "12"), ("-x", "x"),
        ("!x", "x"),
        ("[2,5)", "(2,5]"), ("(2,5)", "[2,5]"), ("{1,2}", "(1,2)"), ("C", "C#"), ("C", "C++"), ("5", "5!"),
        ("n", "n!"),
        ("102", "10²"), ("x1", "x⁻¹"), ("102", "10₂"), ("11/2", "1½"), ("a.b", "ab"), ("A.B", "AB"),
        (".NET", "NET"),
        ("for a man", "for man"), ("we're", "were"), ("f'", "f"), ("R&D", "RD"), ("5%", "5"), ("5", ">5"),
        ("5", "√5"),
        ("x_1", "x1"), ("a*b", "ab"), ("a/b", "ab"), ("km/h", "km h"), ("1, 234", "1 234"), ("2:3", "23"),
        ("x-y", "x y"),
        ("re-sign", "resign"), ("~x", "x"), ("x^2", "x2"), ("$5", "5 €"),
    ],
)  # fmt: skip
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.text())
@example("a.-5")
@example("е\u00ad\u0308")
def test_normal_forms_are_normal(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.text(alphabet=st.characters(categories=["Ll", "Lu", "Nd"]), min_size=1),
    st.sampled_from(["…", "  ", "»", "**"]),
)
def test_marks_around_an_answer_do_not_count(text: str, mark: str) -> None:
    assert normalise(f"{mark}{text}{mark}") == normalise(text)


@given(st.text())
def test_nothing_but_white_space_and_invisible_characters_is_normalised_to_nothing(text: str) -> None:
    assert bool(normalise(text)) == bool(fold(text))


def test_a_letter_under_accents_without_end_delays_nobody() -> None:
    begun = time.process_time()
    normalise("е\u0323" + "\u0308" * 50_000)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "piece",
    ["\\(", "\\[", "$", "$a ", "{", "\\boxed{", "\\frac{", "<b", "**", "_a", "'a ", '"a ', "a!", "- ", "`"],
)
def test_mark_up_without_end_delays_nobody(piece: str) -> None:
    begun = time.process_time()
    normalise(piece * 40_000)
    assert time.process_time() - begun < 3

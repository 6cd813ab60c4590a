import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.scoring import Kind, Scored, score

CITIES = ("Paris", "London", "Rome", "Berlin")
CORRECT, WRONG, UNPARSABLE = Kind.CORRECT, Kind.WRONG, Kind.UNPARSABLE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("B", CORRECT), ("b", CORRECT), ("B.", CORRECT), ("(B)", CORRECT), ("**B**", CORRECT), ("В", CORRECT),
        ("C", WRONG),
        ("B) London", CORRECT), ("London", CORRECT), ("\\boxed{B}", CORRECT), ("E", UNPARSABLE),
        ("C#", UNPARSABLE),
        ("The answer is B.", CORRECT), ("The answer is (B) London", CORRECT),
        ("Answer: A\nNo, wait. Answer: B", CORRECT),
        ("Ответ: В", CORRECT), ("Antwort: B", CORRECT), ("Odpowiedź: B", CORRECT),
        ("La réponse est B", CORRECT),
        ("La respuesta es B", CORRECT), ("答案是B", CORRECT), ("I think B", CORRECT),
        ("A good question. I pick B", CORRECT),
        ("not A but B", CORRECT), ("The correct option is B because A is wrong", CORRECT),
        ("<think>A</think>B", CORRECT),
        ("A or B", UNPARSABLE), ("The answer is A or B", UNPARSABLE),
        ("A) Paris\nB) London\nC) Rome", UNPARSABLE),
        ("B because A is wrong", UNPARSABLE), ("none of these", UNPARSABLE),
        ("The answer is not A", UNPARSABLE),
        ("<think>B", Kind.NOT_ANSWERED),
    ],
)  # fmt: skip
def test_the_option_that_an_answer_chooses(text: str, kind: Kind) -> None:
    entry = {"metric": "choice", "target": "B", "options": list(CITIES)}
    assert score(Scored.of_entry(entry, text)).kind is kind


@pytest.mark.parametrize(
    ("target", "kind"),
    [("B", CORRECT), ("b", CORRECT), (1, CORRECT), ("London", CORRECT), (["A", "B"], CORRECT), (0, WRONG),
    ("Paris", WRONG),
     ("Oslo", Kind.UNSCORABLE), (4, Kind.UNSCORABLE), (None, Kind.UNSCORABLE), ("E", Kind.UNSCORABLE)],
)  # fmt: skip
def test_a_target_is_a_letter_a_text_or_a_number(target: Any, kind: Kind) -> None:
    assert score(Scored("The answer is B", "choice", target=target, options=CITIES)).kind is kind


def test_without_the_options_texts_any_letter_may_be_chosen() -> None:
    assert score(Scored("E", "choice", target="E")).kind is CORRECT


def test_two_options_of_one_text_are_no_answer() -> None:
    assert score(Scored("Paris", "choice", target="A", options=("Paris", "Paris"))).kind is UNPARSABLE


@pytest.mark.parametrize(
    ("logprobs", "kind"),
    [
        ({"A": -0.1, "B": -3.0}, WRONG),
        ({"A": -0.9, "B": -1.2, " B": -1.2}, CORRECT),
        ({"A": -1.0, "B": -1.0}, UNPARSABLE),
        ({"The": -0.1}, UNPARSABLE),
        ({"The": -0.1, "В": -4.0}, CORRECT),
        ({"B": float("nan")}, UNPARSABLE),
        ({}, UNPARSABLE),
    ],
)
def test_the_option_that_a_model_finds_likeliest(logprobs: dict[str, float], kind: Kind) -> None:
    entry = {"metric": "choice_logprobs", "target": "B", "options": list(CITIES), "logprobs": logprobs}
    assert score(Scored.of_entry(entry, "A")).kind is kind


@given(st.lists(st.floats(-20, -0.01), min_size=4, max_size=4, unique=True))
def test_the_largest_log_probability_wins(logarithms: list[float]) -> None:
    best = max(range(4), key=lambda place: logarithms[place])
    scored = Scored(
        "x",
        "choice_logprobs",
        target=best,
        options=CITIES,
        logprobs=dict(zip("ABCD", logarithms, strict=True)),
    )
    second = sorted(logarithms)[-2]
    verdict = score(scored)
    if not math.isclose(math.exp(second), math.exp(logarithms[best]), rel_tol=1e-9):
        assert verdict.kind is CORRECT and verdict.answer == "ABCD"[best]

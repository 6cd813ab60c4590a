from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.pipelines.evaluations.statistics.samples import majority_answer, pass_at_k

counts = st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))


@given(counts)
def test_pass_at_k_is_the_share_of_draws_with_a_correct_sample(of: tuple[int, int, int]) -> None:
    n, correct, k = of
    draws = [any(sample < correct for sample in draw) for draw in combinations(range(n), k)]
    assert pass_at_k(n, correct, k) == float(Fraction(sum(draws), len(draws)))


@given(st.integers(1, 200), st.data())
def test_pass_at_1_is_the_share_of_correct_samples(n: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, n))
    assert pass_at_k(n, correct, 1) == pytest.approx(correct / n, abs=1e-12)


def test_the_papers_product_gives_the_same() -> None:
    n, correct, k = 200, 13, 100
    product = 1.0
    for place in range(n - correct + 1, n + 1):
        product *= 1 - k / place
    assert pass_at_k(n, correct, k) == pytest.approx(1 - product, abs=1e-12)


@pytest.mark.parametrize(("n", "correct", "k"), [(0, 0, 1), (5, 6, 1), (5, -1, 1), (5, 2, 6), (5, 2, 0)])
def test_counts_that_are_none(n: int, correct: int, k: int) -> None:
    with pytest.raises(ValueError, match="not defined"):
        pass_at_k(n, correct, k)


@pytest.mark.parametrize(
    ("answers", "most"), [(["a", "b", "a"], "a"), (["a", "b"], None), ([], None), (["a"], "a")]
)
def test_the_answer_of_the_majority(answers: list[str], most: str | None) -> None:
    assert majority_answer(answers) == most

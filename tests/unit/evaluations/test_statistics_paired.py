import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from ai_worker.pipelines.evaluations.statistics.paired import EXACT_BELOW, mcnemar


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 50))
def test_mcnemar_is_statsmodels(only_first: int, only_second: int, both: int) -> None:
    ours = mcnemar(only_first, only_second)
    exact = only_first + only_second < EXACT_BELOW
    theirs = statsmodels_mcnemar([[both, only_first], [only_second, both]], exact=exact, correction=True)
    assert ours.p_value == pytest.approx(theirs.pvalue, abs=1e-9)
    assert ours.statistic == pytest.approx(theirs.statistic, abs=1e-9)
    assert ours.method == ("mcnemar exact" if exact else "mcnemar chi-square, continuity corrected")


@given(st.integers(0, 24), st.integers(0, 24))
def test_the_exact_test_is_scipys_binomial_test(only_first: int, only_second: int) -> None:
    if 0 < only_first + only_second < EXACT_BELOW:
        expected = scipy.stats.binomtest(only_first, only_first + only_second, 0.5).pvalue
        assert mcnemar(only_first, only_second).p_value == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_it_has_no_favourite_and_gives_a_probability(only_first: int, only_second: int) -> None:
    one, other = mcnemar(only_first, only_second), mcnemar(only_second, only_first)
    assert one == other and 0 <= one.p_value <= 1


def test_models_that_never_differ_are_not_told_apart() -> None:
    assert mcnemar(0, 0).p_value == 1.0


def test_counts_are_never_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        mcnemar(-1, 3)

import random

import numpy
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from ai_worker.pipelines.evaluations.statistics import intervals
from ai_worker.pipelines.evaluations.statistics.intervals import (
    bootstrap_mean,
    interval_of_mean,
    resamples,
    wilson,
)

rates = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(rates, st.sampled_from([0.9, 0.95, 0.99]))
def test_wilson_is_statsmodels(rate: tuple[int, int], confidence: float) -> None:
    interval = wilson(*rate, confidence)
    low, high = proportion_confint(*rate, alpha=1 - confidence, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)


@given(rates)
def test_wilson_holds_the_rate_and_stays_between_0_and_1(rate: tuple[int, int]) -> None:
    interval = wilson(*rate)
    assert 0 <= interval.low <= rate[0] / rate[1] <= interval.high <= 1


def test_wilson_is_scipys_too_and_known_to_the_digit() -> None:
    ours, theirs = wilson(81, 263), scipy.stats.binomtest(81, 263).proportion_ci(method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    assert (round(ours.low, 4), round(ours.high, 4)) == (0.2553, 0.3662)
    assert (wilson(0, 20).low, round(wilson(0, 20).high, 4)) == (0.0, 0.1611)
    assert (round(wilson(29, 29).low, 4), wilson(29, 29).high) == (0.8830, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5)])
def test_no_rate_has_no_interval(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        wilson(successes, n)


def scipys(values: list[float], count: int, seed: int = intervals.SEED) -> tuple[float, float]:
    found = scipy.stats.bootstrap(
        (numpy.asarray(values),),
        numpy.mean,
        method="percentile",
        n_resamples=count,
        rng=numpy.random.default_rng(seed),
        batch=None,
    )
    return found.confidence_interval.low, found.confidence_interval.high


@pytest.mark.parametrize("n", [2, 3, 17, 400, 1000])
def test_bootstrap_is_scipys(n: int) -> None:
    generator = random.Random(n)
    values = [generator.random() ** 2 for _ in range(n)]
    interval = bootstrap_mean(values)
    assert (interval.low, interval.high) == pytest.approx(scipys(values, 9_999), abs=1e-9)
    assert interval.method == "bootstrap 9999, seed 20240101"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=60), st.integers(0, 2**32))
def test_bootstrap_is_scipys_for_any_values_and_seed(values: list[float], seed: int) -> None:
    interval = bootstrap_mean(values, seed=seed)
    assert (interval.low, interval.high) == pytest.approx(scipys(values, 9_999, seed), abs=1e-9)
    assert min(values) - 1e-12 <= interval.low <= interval.high <= max(values) + 1e-12


def test_the_portions_in_which_it_is_drawn_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [number / 7 % 1 for number in range(101)]
    whole = bootstrap_mean(values)
    monkeypatch.setattr(intervals, "_AT_ONCE", 333)
    assert bootstrap_mean(values) == whole


def test_many_values_take_fewer_resamples_and_are_still_scipys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [resamples(n) for n in (2, 20_000, 50_000, 200_000, 10**6)] == [9_999, 9_999, 4_000, 1_000, 999]
    monkeypatch.setattr(intervals, "DRAWS", 400 * 1_200)
    values = [number / 7 % 1 for number in range(400)]
    interval = bootstrap_mean(values)
    assert interval.method == "bootstrap 1200, seed 20240101"
    assert (interval.low, interval.high) == pytest.approx(scipys(values, 1_200), abs=1e-9)


def test_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="no bootstrap interval"):
        bootstrap_mean([0.5])


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_an_interval_of_a_mean_has_a_width_and_holds_the_mean(values: list[float]) -> None:
    interval = interval_of_mean(values)
    assert interval is not None
    assert 0 <= interval.low < interval.high <= 1
    if len(set(values)) == 1:
        assert interval.low - 1e-12 <= values[0] <= interval.high + 1e-12
    else:
        assert interval == bootstrap_mean(values)


@pytest.mark.parametrize("n", [2, 5, 100])
def test_values_that_are_all_the_same_are_no_certainty(n: int) -> None:
    ones, zeros, halves = (interval_of_mean([value] * n) for value in (1.0, 0.0, 0.5))
    assert ones is not None and zeros is not None and halves is not None
    assert (ones.low, ones.high) == pytest.approx((wilson(n, n).low, 1.0))
    assert (zeros.low, zeros.high) == pytest.approx((0.0, wilson(0, n).high))
    assert (halves.low, halves.high) == pytest.approx(
        proportion_confint(n / 2, n, alpha=0.05, method="wilson"), abs=1e-9
    )
    same = interval_of_mean([0.0] * n, -1.0, 1.0)
    assert same is not None and same.low == pytest.approx(-same.high) and same.low < 0 < same.high


def test_values_beyond_their_bounds_have_no_interval_where_they_are_the_same() -> None:
    assert interval_of_mean([0.5]) is None and interval_of_mean([3.0, 3.0]) is None
    assert interval_of_mean([3.0, 4.0]) == bootstrap_mean([3.0, 4.0])

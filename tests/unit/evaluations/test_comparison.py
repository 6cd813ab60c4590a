import numpy
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from ai_worker.pipelines.evaluations.reports.comparison import compare
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow
from ai_worker.pipelines.evaluations.statistics.intervals import SEED

RIGHT, WRONG, UNREAD = Verdict(Kind.CORRECT, 1.0), Verdict(Kind.WRONG, 0.0), Verdict(Kind.UNPARSABLE)


def rows(model: str, verdicts: dict[int, Verdict], task: str = "claims") -> list[ScoredRow]:
    return [ScoredRow(task, model, "accuracy", line, verdict) for line, verdict in verdicts.items()]


def scipys(values: list[float]) -> tuple[float, float]:
    generator = numpy.random.default_rng(SEED)
    found = scipy.stats.bootstrap(
        (values,), numpy.mean, method="percentile", n_resamples=9_999, rng=generator
    )
    return found.confidence_interval.low, found.confidence_interval.high


def test_right_and_wrong_in_pairs() -> None:
    first = {line: RIGHT if line < 30 else WRONG for line in range(40)}
    second = {line: RIGHT if 20 <= line < 35 else WRONG for line in range(40)}
    found = compare(rows("large", first), rows("small", second))
    assert (found.first, found.second, found.pairs, found.unpaired) == ("large", "small", 40, 0)
    assert (found.both, found.only_first, found.only_second, found.neither) == (10, 20, 5, 5)
    assert (found.first_score, found.second_score, found.difference) == (0.75, 0.375, 0.375)
    theirs = statsmodels_mcnemar([[10, 20], [5, 5]], exact=False, correction=True)
    assert found.p_value == pytest.approx(theirs.pvalue, abs=1e-9)
    assert found.test == "mcnemar chi-square, continuity corrected"
    differences = [1.0] * 20 + [0.0] * 10 + [-1.0] * 5 + [0.0] * 5
    assert (found.interval_low, found.interval_high) == pytest.approx(scipys(differences), abs=1e-9)


def test_rows_on_which_one_was_not_judged_are_left_out_and_counted() -> None:
    first = {0: RIGHT, 1: RIGHT, 2: UNREAD, 3: WRONG}
    second = {0: WRONG, 1: UNREAD, 2: RIGHT, 5: RIGHT}
    found = compare(rows("a", first), rows("b", second))
    assert (found.pairs, found.unpaired, found.only_first, found.p_value, found.test) == (
        1,
        4,
        1,
        1.0,
        "mcnemar exact",
    )
    assert found.interval_low is None


def test_no_row_in_common() -> None:
    found = compare(rows("a", {0: RIGHT}), rows("b", {1: RIGHT}))
    assert (found.pairs, found.unpaired, found.difference, found.p_value, found.both) == (
        0,
        2,
        None,
        None,
        None,
    )


def test_degrees_have_an_interval_and_no_mcnemar() -> None:
    first = {line: Verdict(Kind.GRADED, 0.9) for line in range(20)}
    second = {line: Verdict(Kind.GRADED, line / 20) for line in range(20)}
    found = compare(rows("a", first), rows("b", second))
    assert found.difference == pytest.approx(0.9 - 0.475)
    assert (found.interval_low, found.interval_high) == pytest.approx(
        scipys([0.9 - line / 20 for line in range(20)]), abs=1e-9
    )
    assert (found.p_value, found.both, found.test) == (None, None, "")


def test_several_samples_of_a_row_are_one_pair() -> None:
    found = compare(rows("a", {0: RIGHT, 1: WRONG}) + rows("a", {0: WRONG}), rows("b", {0: RIGHT, 1: RIGHT}))
    assert (found.pairs, found.first_score, found.second_score, found.p_value) == (2, 0.25, 1.0, None)


def test_only_one_model_at_one_task_is_a_side() -> None:
    with pytest.raises(ValueError, match="one model"):
        compare(rows("a", {0: RIGHT}) + rows("b", {1: RIGHT}), rows("c", {0: RIGHT}))
    with pytest.raises(ValueError, match="one model"):
        compare([], rows("c", {0: RIGHT}))
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(rows("a", {0: RIGHT}), rows("b", {0: RIGHT}, task="other"))


sides = st.dictionaries(st.integers(0, 30), st.sampled_from([RIGHT, WRONG, UNREAD]), min_size=1)


@settings(max_examples=40, deadline=None)
@given(sides, sides)
def test_exchanging_the_models_turns_the_sign_and_nothing_else(
    first: dict[int, Verdict], second: dict[int, Verdict]
) -> None:
    one, other = compare(rows("a", first), rows("b", second)), compare(rows("b", second), rows("a", first))
    assert (one.pairs, one.unpaired, one.p_value, one.both) == (
        other.pairs,
        other.unpaired,
        other.p_value,
        other.both,
    )
    assert (one.only_first, one.only_second) == (other.only_second, other.only_first)
    assert one.difference is None or one.difference == -other.difference  # type: ignore[operator]

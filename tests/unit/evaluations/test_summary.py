import random
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal

import numpy
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from ai_worker.pipelines.evaluations.reports.summary import TaskModelSummary, percentile, summarise
from ai_worker.pipelines.evaluations.scoring import Kind, Verdict
from ai_worker.pipelines.evaluations.scoring.scored_row import ScoredRow
from ai_worker.pipelines.evaluations.statistics.intervals import SEED

RIGHT, WRONG = Verdict(Kind.CORRECT, 1.0), Verdict(Kind.WRONG, 0.0)
WITHOUT_SCORE = [
    Verdict(kind)
    for kind in (
        Kind.REFUSED,
        Kind.UNPARSABLE,
        Kind.UNSCORABLE,
        Kind.NOT_ANSWERED,
        Kind.JUDGE_FAILED,
        Kind.TIED,
        Kind.OPEN,
    )
]


def row(line_index: int, verdict: Verdict, model: str = "small", **more: object) -> ScoredRow:
    return ScoredRow("claims", model, "accuracy", line_index, verdict, **more)  # type: ignore[arg-type]


def graded(score: float) -> Verdict:
    return Verdict(Kind.GRADED, score)


def only(summaries: list[TaskModelSummary]) -> TaskModelSummary:
    assert len(summaries) == 1
    return summaries[0]


def test_what_was_not_judged_is_beside_the_rate_and_not_in_it() -> None:
    rows = [row(line, RIGHT) for line in range(6)] + [row(line, WRONG) for line in range(6, 8)]
    judged, all_of_them = (
        only(summarise(rows)),
        only(summarise([*rows, *(row(8 + at, v) for at, v in enumerate(WITHOUT_SCORE))])),
    )
    assert (all_of_them.score, all_of_them.judged, all_of_them.n) == (0.75, 8, 15)
    assert (judged.score, judged.interval_low, judged.interval_high) == (
        0.75,
        all_of_them.interval_low,
        all_of_them.interval_high,
    )
    assert all(getattr(all_of_them, verdict.kind) == 1 for verdict in WITHOUT_SCORE)
    assert (all_of_them.correct, all_of_them.wrong) == (6, 2)


def test_every_kind_has_its_column() -> None:
    assert {kind.value for kind in Kind} <= {field.name for field in fields(TaskModelSummary)}


def test_a_rate_has_wilsons_interval() -> None:
    summary = only(summarise([row(line, RIGHT if line % 3 else WRONG) for line in range(50)]))
    low, high = proportion_confint(33, 50, method="wilson")
    assert (summary.interval_low, summary.interval_high) == pytest.approx((low, high), abs=1e-9)
    assert summary.interval_method == "wilson"


def test_the_refusal_rate_is_a_rate_too() -> None:
    rows = [
        row(0, Verdict(Kind.REFUSED, 1.0)),
        row(1, Verdict(Kind.ANSWERED, 0.0)),
        row(2, Verdict(Kind.REFUSED)),
    ]
    summary = only(summarise(rows))
    assert (summary.score, summary.judged, summary.refused, summary.answered, summary.interval_method) == (
        0.5,
        2,
        2,
        1,
        "wilson",
    )


def scipys(values: list[float]) -> tuple[float, float]:
    generator = numpy.random.default_rng(SEED)
    found = scipy.stats.bootstrap(
        (values,), numpy.mean, method="percentile", n_resamples=9_999, rng=generator
    )
    return found.confidence_interval.low, found.confidence_interval.high


def test_a_mean_has_a_bootstrap_interval_whatever_the_order_of_the_rows() -> None:
    generator = random.Random(5)
    values = [generator.random() for _ in range(40)]
    rows = [row(line, graded(value)) for line, value in enumerate(values)]
    summary = only(summarise(rows))
    assert (summary.interval_low, summary.interval_high) == pytest.approx(scipys(values), abs=1e-9)
    assert summary.score == pytest.approx(numpy.mean(values), abs=1e-12)
    generator.shuffle(rows)
    assert only(summarise(rows)) == summary


def test_samples_of_a_row_are_repeated_measures_and_not_more_data() -> None:
    once = [row(line, RIGHT if line < 12 else WRONG) for line in range(20)]
    thrice = only(summarise(once * 3))
    assert (thrice.n, thrice.judged, thrice.lines, thrice.score) == (60, 60, 20, 0.6)
    means = [1.0] * 12 + [0.0] * 8
    assert (thrice.interval_low, thrice.interval_high) == pytest.approx(scipys(means), abs=1e-9)
    uneven = only(summarise([row(0, RIGHT), row(0, RIGHT), row(0, WRONG), row(1, WRONG)]))
    assert uneven.score == pytest.approx((2 / 3 + 0) / 2)


def test_too_little_for_an_interval() -> None:
    assert only(summarise([row(0, graded(0.3))])).interval_low is None
    nothing = only(summarise([row(0, Verdict(Kind.NOT_ANSWERED))]))
    assert (
        nothing.score,
        nothing.interval_low,
        nothing.interval_method,
        nothing.cost,
        nothing.latency_p50,
    ) == (None, None, "", None, None)
    assert summarise([]) == []


def test_cost_latency_and_tokens() -> None:
    rows = [
        row(0, RIGHT, cost=Decimal("0.1"), latency=1.0, tokens_input=10, tokens_output=1),
        row(1, WRONG, cost=Decimal("0.2"), latency=3.0, tokens_input=20, tokens_output=2),
        row(2, RIGHT, latency=2.0),
        row(3, Verdict(Kind.OPEN)),
    ]
    summary = only(summarise(rows))
    assert (summary.cost, summary.unpriced, summary.tokens_input, summary.tokens_output) == (
        Decimal("0.3"),
        1,
        30,
        3,
    )
    assert (summary.latency_p50, summary.latency_p95) == pytest.approx((2.0, 2.9))


def test_tasks_metrics_and_models_stay_apart_and_in_order() -> None:
    rows = [
        row(0, RIGHT, "b"),
        row(0, WRONG, "a"),
        ScoredRow("alpha", "a", "f1", 0, graded(0.5)),
        ScoredRow("alpha", "a", "exact", 0, RIGHT),
    ]
    assert [(of.task, of.metric, of.model, of.n) for of in summarise(rows)] == [
        ("alpha", "exact", "a", 1),
        ("alpha", "f1", "a", 1),
        ("claims", "accuracy", "a", 1),
        ("claims", "accuracy", "b", 1),
    ]


def test_rows_are_taken_one_by_one() -> None:
    def rows() -> Iterator[ScoredRow]:
        yield from (row(line, RIGHT) for line in range(1000))

    assert only(summarise(rows())).n == 1000


verdicts = st.one_of(st.sampled_from([RIGHT, WRONG, *WITHOUT_SCORE]), st.just(Verdict(Kind.REFUSED, 1.0)))


@given(st.lists(st.tuples(st.integers(0, 10**6), verdicts), unique_by=lambda pair: pair[0]))
def test_the_kinds_add_up_and_the_interval_holds_the_score(pairs: list[tuple[int, Verdict]]) -> None:
    for summary in summarise([row(line, verdict) for line, verdict in pairs]):
        assert sum(getattr(summary, kind) for kind in Kind) == summary.n == len(pairs)
        if summary.score is not None:
            assert summary.interval_low is not None and summary.interval_high is not None
            assert summary.interval_low <= summary.score <= summary.interval_high


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from([0.0, 0.25, 1.0])), min_size=1, max_size=12),
    st.randoms(),
)
def test_the_order_of_the_rows_never_counts(pairs: list[tuple[int, float]], generator: random.Random) -> None:
    rows = [row(line, graded(score)) for line, score in pairs]
    shuffled = generator.sample(rows, len(rows))
    assert summarise(rows) == summarise(shuffled)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_percentiles_are_numpys(values: list[float], share: float) -> None:
    assert percentile(sorted(values), share) == pytest.approx(
        numpy.quantile(values, share), rel=1e-9, abs=1e-9
    )

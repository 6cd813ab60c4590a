from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from ai_worker.pipelines.evaluations.statistics.agreement import PairAgreement, agreement, majority

LABELS = ["refused", "answered", "unclear"]
# statsmodels also works out standard errors, which few rows do not have; only its kappa is compared.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
label = st.sampled_from(LABELS)
maybe = st.one_of(st.none(), label)


def statsmodels_kappa(pairs: list[tuple[str, str]]) -> float:
    counts = Counter(pairs)
    return float(cohens_kappa([[counts[one, other] for other in LABELS] for one in LABELS]).kappa)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(label, label), min_size=1, max_size=60))
def test_kappa_of_two_judges_is_statsmodels(rows: list[tuple[str, str]]) -> None:
    found = agreement(["one", "two"], rows)
    assert found.percent == pytest.approx(sum(one == two for one, two in rows) / len(rows), abs=1e-12)
    if len({value for row in rows for value in row}) == 1:
        assert found.kappa is None
    else:
        assert found.kappa == pytest.approx(statsmodels_kappa(rows), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(maybe, maybe, maybe), min_size=1, max_size=60))
def test_of_more_judges_it_is_the_mean_over_the_pairs_that_both_judged(
    rows: list[tuple[str | None, ...]],
) -> None:
    found = agreement(["one", "two", "three"], rows)
    kappas = []
    for (first, second), pair in zip(combinations(range(3), 2), found.pairs, strict=True):
        both = [
            (row[first], row[second]) for row in rows if row[first] is not None and row[second] is not None
        ]
        assert pair.n == len(both)
        if pair.kappa is not None:
            assert pair.kappa == pytest.approx(statsmodels_kappa(both), abs=1e-9)  # type: ignore[arg-type]
            kappas.append(pair.kappa)
    assert found.kappa == (pytest.approx(sum(kappas) / len(kappas), abs=1e-12) if kappas else None)
    assert found.rows == sum(sum(value is not None for value in row) >= 2 for row in rows)


def test_cohens_own_example() -> None:
    # Cohen (1960), table 1, as counts of 200.
    counts = {
        (0, 0): 88, (0, 1): 10, (0, 2): 2,
        (1, 0): 14, (1, 1): 40, (1, 2): 6,
        (2, 0): 18, (2, 1): 10, (2, 2): 12,
    }  # fmt: skip
    rows = [(LABELS[one], LABELS[two]) for (one, two), count in counts.items() for _ in range(count)]
    found = agreement(["one", "two"], rows)
    assert found.percent == pytest.approx(0.70) and found.kappa == pytest.approx(0.4915, abs=5e-5)


def test_judges_of_one_mind_and_judges_that_never_met() -> None:
    assert agreement(["a", "b"], [("refused", "refused"), ("answered", "answered")]).kappa == 1.0
    never = agreement(["a", "b"], [("refused", None), (None, "answered")])
    assert (never.rows, never.percent, never.kappa) == (0, None, None)
    assert never.pairs == (PairAgreement("a", "b", 0, None, None),)


@pytest.mark.parametrize(
    ("votes", "winner"),
    [
        ([], None),
        (["a"], "a"),
        (["a", "b"], None),
        (["a", "b", "a"], "a"),
        (["a", "b", "c"], None),
        (["a", "a", "b", "b", "c"], None),
    ],
)
def test_majority(votes: list[str], winner: str | None) -> None:
    assert majority(votes) == winner


@given(st.lists(label))
def test_a_majority_has_more_votes_than_any_other(votes: list[str]) -> None:
    winner, counts = majority(votes), Counter(votes)
    leaders = [name for name, count in counts.items() if count == max(counts.values())]
    assert winner == (leaders[0] if len(leaders) == 1 else None)
